import type { OpenContext } from "../action/connection.ts";
import { catalog } from "../actions/catalog.ts";
import { type Connections, type ConnectionsOptions, makeConnections } from "../look/connections.ts";
import { absolutePath } from "../look/contexts.ts";
import { localSystems } from "./local-systems.ts";

/** The connections of this process: what each kind needs to open one is handed to it here. */
export function openConnections(cwd: string, onIdentity: ConnectionsOptions["onIdentity"]): Connections {
  const context: OpenContext = {
    resolvePath: (path) => absolutePath(cwd, path),
    openHost: async (config) => (await import("./open-host.ts")).openHost(config, localSystems, cwd),
  };
  return makeConnections({ catalog, context, onIdentity });
}
