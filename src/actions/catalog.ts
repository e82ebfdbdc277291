import type { Catalog } from "../action/catalog.ts";
import type { ConnectionKind } from "../action/connection.ts";
import type { Action } from "../action/define-action.ts";

// One line an action. A module is loaded when a runbook first uses it.
const modules: { readonly [name: string]: () => Promise<Action> } = {
  "archive.create": async () => (await import("./archive/create.ts")).archiveCreate,
  "archive.extract": async () => (await import("./archive/extract.ts")).archiveExtract,
  assert: async () => (await import("./core/assert.ts")).assertAction,
  "checksum.create": async () => (await import("./checksum/create.ts")).checksumCreate,
  "checksum.verify": async () => (await import("./checksum/verify.ts")).checksumVerify,
  exec: async () => (await import("./process/exec.ts")).execAction,
  "files.copy": async () => (await import("./files/copy.ts")).filesCopy,
  "files.edit": async () => (await import("./files/edit.ts")).filesEdit,
  "files.move": async () => (await import("./files/move.ts")).filesMove,
  "files.remove": async () => (await import("./files/remove.ts")).filesRemove,
  "files.replace-directory": async () => (await import("./files/replace-directory.ts")).filesReplaceDirectory,
  "files.write": async () => (await import("./files/write.ts")).filesWrite,
  http: async () => (await import("./http/http.ts")).httpAction,
  "job.run": async () => (await import("./job/run.ts")).jobRun,
  manual: async () => (await import("./core/manual.ts")).manualAction,
  shell: async () => (await import("./process/shell.ts")).shellAction,
  wait: async () => (await import("./core/wait.ts")).waitAction,
  "wso2.datasources": async () => (await import("./wso2/datasources.ts")).wso2Datasources,
};

const kinds: { readonly [kind: string]: () => Promise<ConnectionKind> } = {
  host: async () => (await import("./host/host-connection.ts")).hostConnection,
};

export const catalog: Catalog = {
  names: Object.keys(modules),
  has: (name) => Object.hasOwn(modules, name),
  load: async (name) => (Object.hasOwn(modules, name) ? await modules[name]?.() : undefined),
  kinds: Object.keys(kinds),
  loadKind: async (kind) => (Object.hasOwn(kinds, kind) ? await kinds[kind]?.() : undefined),
};
