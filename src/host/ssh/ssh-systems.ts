import { ActionFailure } from "../../action/failure.ts";
import type { RemoteHost, SshOptions } from "../../action/host.ts";
import { sshConnection } from "./connection.ts";
import { remoteDisk } from "./open-disk.ts";
import { remoteFiles } from "./remote-files.ts";
import { remoteReadFiles } from "./remote-read-files.ts";
import { sshProcesses } from "./ssh-processes.ts";

/**
 * Another machine, over one connection of the user's own ssh. Programs start in the user's home folder there: the
 * folder in which the run was started is one of this machine. What is put in the trash stays there, in ~/.belay-trash.
 */
export function sshSystems(options: SshOptions): RemoteHost {
  const connection = sshConnection(options);
  const disk = remoteDisk(connection);
  return {
    systems: {
      readFiles: async () => remoteReadFiles(disk),
      files: async (given) => remoteFiles(disk, (await connection.ready()).home, given),
      processes: async ({ runId, stepKey, signal, output, onOutput, mask }) =>
        sshProcesses(connection, {
          runId,
          stepKey,
          signal,
          output,
          ...(onOutput && { onOutput }),
          ...(mask && { mask }),
        }),
    },
    identify: async (signal) => {
      if (signal.aborted)
        throw new ActionFailure("failed", `${options.destination} was not asked who it is: the step was ended`);
      const { host, machine, user } = await connection.ready(signal);
      return { host, ...(machine !== undefined && { machine }), user, destination: options.destination };
    },
    home: async () => (await connection.ready()).home,
    close: async () => {
      disk.close();
      await connection.close();
    },
  };
}
