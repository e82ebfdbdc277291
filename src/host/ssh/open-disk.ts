import type { Connection } from "./connection.ts";
import type { Disk } from "./disk.ts";
import { openSftp, type Sftp } from "./sftp.ts";
import { type SftpChannel, sftpChannel } from "./sftp-channel.ts";
import { loginFailure } from "./ssh-failure.ts";
import { sshProcesses } from "./ssh-processes.ts";

export function remoteDisk(connection: Connection): Disk {
  const { destination } = connection;
  let opening: Promise<Sftp> | undefined;
  let channel: SftpChannel | undefined;
  let user = "";

  const open = async () => {
    ({ user } = await connection.ready());
    const child = connection.session("pipe", { subsystem: "sftp" });
    try {
      channel = await sftpChannel(child);
      return await openSftp(channel);
    } catch (error) {
      throw loginFailure(connection, `no SFTP there: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    destination,
    sftp: () => {
      if (opening !== undefined && (channel === undefined || channel.alive())) return opening;
      channel = undefined;
      const attempt = open();
      opening = attempt;
      attempt.catch(() => {
        if (opening === attempt) opening = undefined;
      });
      return attempt;
    },
    greeting: () => connection.ready(),
    user: () => user,
    run: (argv, { stdin, signal } = {}) =>
      sshProcesses(connection, {
        signal: signal ?? new AbortController().signal,
        output: { kind: "memory" },
      }).run({ argv, env: { LC_ALL: "C" }, ...(stdin !== undefined && { stdin }) }),
    close: () => channel?.close(),
  };
}
