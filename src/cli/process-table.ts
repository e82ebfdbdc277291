import type { ProcessTable } from "../execute/orphans.ts";
import { endProcesses, findLiveProcesses, type LiveProcess } from "../host/orphans.ts";

/** The processes of this machine, by the run that they carry in their environment. */
export const localProcessTable: ProcessTable = {
  find: findLiveProcesses,
  end: async (orphans) => {
    await endProcesses(orphans as readonly LiveProcess[], { graceMs: 5000 });
  },
};
