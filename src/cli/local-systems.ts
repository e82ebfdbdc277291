import type { Systems } from "../action/systems.ts";

/** Loads a module when it is first wanted, and remembers it: `import()` itself costs something in every step. */
function once<T>(load: () => Promise<T>): () => T | Promise<T> {
  let loaded: T | undefined;
  return () =>
    loaded ??
    load().then((module) => {
      loaded = module;
      return module;
    });
}

const readFiles = once(() => import("../host/local-read-files.ts"));
const files = once(() => import("../host/local-files.ts"));
const processes = once(() => import("../host/local-processes.ts"));

/** This machine. What no step needs is not loaded. */
export const localSystems: Systems = {
  readFiles: async () => (await readFiles()).localReadFiles(),
  files: async (options) => (await files()).localFiles(options),
  maskFile: async (path, mask) => (await import("../host/mask-file.ts")).maskFile(path, mask),
  processes: async (options) => (await processes()).localProcesses(options),
};
