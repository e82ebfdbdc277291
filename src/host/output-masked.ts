import { writeSync } from "node:fs";
import type { StreamMask } from "../action/systems.ts";
import type { Output } from "./output.ts";
import { readPipe } from "./output.ts";
import { type Log, openLogs, readLogs } from "./output-files.ts";

/**
 * The child writes into pipes, and what comes out of them goes masked into the two files. It is written before more is
 * read, so a child that prints faster than the disk takes it waits.
 */
export function outputMasked(stdout: string, stderr: string, mask: () => StreamMask): Output {
  const { out, err } = openLogs(stdout, stderr);
  const logs = readLogs(out, err);
  const writers = [logWriter(out), logWriter(err)] as const;
  let rest: (() => void)[] = [];
  const flush = () => {
    for (const end of rest) end();
    rest = [];
  };
  return {
    stdout: "pipe",
    stderr: "pipe",
    attach(child) {
      rest = [readPipe(child.stdout, mask(), writers[0].write), readPipe(child.stderr, mask(), writers[1].write)];
    },
    fresh: logs.fresh,
    kept() {
      flush();
      const kept = logs.kept();
      return { ...kept, truncated: kept.truncated || writers.some((writer) => writer.incomplete()) };
    },
    close() {
      flush();
      logs.close();
    },
  };
}

/**
 * A disk that is full in the middle does not end the child, which may be half through a change: its output is left out,
 * and once there is room again the log says how much.
 */
function logWriter(log: Log): { write(bytes: Buffer): void; incomplete(): boolean } {
  let lost = 0;
  let incomplete = false;
  const lose = (bytes: number) => {
    lost += bytes;
    incomplete ||= bytes > 0;
  };
  return {
    write(bytes) {
      if (lost > 0) {
        const note = Buffer.from(`\n[belay: ${lost} bytes of output are missing here: they could not be written]\n`);
        if (writeAll(log, note) < note.length) return lose(bytes.length);
        lost = 0;
      }
      lose(bytes.length - writeAll(log, bytes));
    },
    incomplete: () => incomplete,
  };
}

/** How many bytes were written. */
function writeAll({ fd }: Log, bytes: Buffer): number {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done);
  } catch {
    // Said in the log by the next write.
  }
  return done;
}
