import type { Systems } from "../action/systems.ts";

/** This machine. What a step does not need is not loaded. */
export const localSystems: Systems = {
  readFiles: async () => (await import("../host/local-read-files.ts")).localReadFiles(),
  files: async (options) => (await import("../host/local-files.ts")).localFiles(options),
  processes: async (options) => (await import("../host/local-processes.ts")).localProcesses(options),
};
