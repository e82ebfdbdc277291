import { hostname, userInfo } from "node:os";
import type { OpenConnection } from "../action/connection.ts";
import { ActionFailure } from "../action/failure.ts";
import type { Systems } from "../action/systems.ts";
import { isJsonObject, type Json } from "../schema/json.ts";

/** A connection of the kind `host`: this machine, or another one over ssh. */
export async function openHost(config: Json, local: Systems, _cwd: string): Promise<OpenConnection> {
  if (isJsonObject(config) && config["ssh"] !== undefined) throw new ActionFailure("failed", "ssh is not there yet");
  return {
    identify: async () => ({
      summary: `${hostname()} as ${userInfo().username}`,
      facts: { host: hostname(), user: userInfo().username },
    }),
    close: async () => {},
    systems: local,
  };
}
