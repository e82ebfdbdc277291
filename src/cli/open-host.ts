import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Identity, OpenConnection } from "../action/connection.ts";
import type { HostFacts } from "../action/host.ts";
import type { Systems } from "../action/systems.ts";
import { isJsonObject, type Json } from "../schema/json.ts";

/** A connection of the kind `host`: this machine, or another one over the user's own ssh. */
export async function openHost(given: Json, local: Systems, cwd: string): Promise<OpenConnection> {
  const config = isJsonObject(given) ? given : {};
  const { ssh, port, options } = config;
  if (typeof ssh !== "string") {
    const { localFacts } = await import("../host/local-host.ts");
    return { identify: async () => identityOf(localFacts()), close: async () => {}, systems: local };
  }
  const { sshSystems } = await import("../host/ssh/ssh-systems.ts");
  // A socket's path has to be short, and nobody else may reach it.
  const controlFolder = mkdtempSync(join(tmpdir(), "belay-ssh-"));
  const remote = sshSystems({
    destination: ssh,
    controlFolder,
    ...(typeof config["config"] === "string" ? { config: resolve(cwd, config["config"]) } : {}),
    ...(typeof port === "number" ? { port } : {}),
    ...(Array.isArray(options) ? { options: options.map(String) } : {}),
  });
  return {
    identify: async (signal) => identityOf(await remote.identify(signal)),
    systems: remote.systems,
    async close() {
      await remote.close();
      rmSync(controlFolder, { recursive: true, force: true });
    },
  };
}

function identityOf({ host, machine, user, destination }: HostFacts): Identity {
  const where = destination === "this machine" || destination === host ? "" : ` (ssh ${destination})`;
  const which = machine === undefined ? "" : ` machine ${machine.slice(0, 6)}…`;
  return {
    summary: `${host}${where}${which} as ${user}`,
    // The way to a machine may change; the machine and the user may not.
    facts: { host, user, ...(machine === undefined ? {} : { machine }) },
  };
}
