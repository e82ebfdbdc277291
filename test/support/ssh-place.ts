import { mkdirSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemoteHost, SshOptions } from "../../src/action/host.ts";
import type { ProcessOptions } from "../../src/action/systems.ts";
import { sshSystems } from "../../src/host/ssh/ssh-systems.ts";
import { type Sshd, startSshd } from "./sshd.ts";

/** A folder, an sshd of its own, and this machine reached through it. */
export interface SshPlace {
  readonly folder: string;
  readonly sshd: Sshd;
  readonly options: SshOptions;
  readonly host: RemoteHost;
  processes(options: Partial<ProcessOptions>): ReturnType<RemoteHost["systems"]["processes"]>;
  remove(): Promise<void>;
}

export async function sshPlace(extra: readonly string[] = []): Promise<SshPlace> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "belay-ssh-")));
  const sshd = await startSshd(join(folder, "sshd"), extra);
  const controlFolder = join(folder, "control");
  mkdirSync(controlFolder, { mode: 0o700 });
  const options = { destination: sshd.alias, config: sshd.config, controlFolder };
  const host = sshSystems(options);
  return {
    folder,
    sshd,
    options,
    host,
    processes: (given) =>
      host.systems.processes({
        runId: "k7",
        stepKey: "load#2",
        cwd: folder,
        signal: new AbortController().signal,
        output: { kind: "memory" },
        ...given,
      }),
    remove: async () => {
      await host.close();
      await sshd.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
