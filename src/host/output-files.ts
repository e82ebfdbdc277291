import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { ActionFailure } from "../action/failure.ts";
import { keptBytes, type Output, tailBytes } from "./output.ts";

export interface Log {
  readonly path: string;
  readonly fd: number;
  /** Its size when the command began: what stands before is another command's. */
  readonly start: number;
  seen: number;
}

/**
 * The child writes into the two files by itself, without a pipe to belay: a child that outlives a killed belay goes on
 * writing its log, where a pipe would end it with SIGPIPE.
 */
export function outputToFiles(stdout: string, stderr: string): Output {
  const { out, err } = openLogs(stdout, stderr);
  return {
    stdout: out.fd,
    stderr: err.fd,
    attach() {},
    ...readLogs(out, err),
  };
}

export function openLogs(stdout: string, stderr: string): { out: Log; err: Log } {
  const out = openLog(stdout);
  return { out, err: openOrClose(stderr, out) };
}

/** What is known of the output is read back from the logs. */
export function readLogs(out: Log, err: Log): Pick<Output, "fresh" | "kept" | "close"> {
  return {
    fresh: () => join(freshEnd(out), freshEnd(err)),
    kept() {
      const first = readKept(out);
      const second = readKept(err);
      return { stdout: first.text, stderr: second.text, truncated: first.cut || second.cut };
    },
    close() {
      closeSync(out.fd);
      closeSync(err.fd);
    },
  };
}

function openLog(path: string): Log {
  try {
    const fd = openSync(path, "a+", 0o600);
    const start = fstatSync(fd).size;
    return { path, fd, start, seen: start };
  } catch (error) {
    throw new ActionFailure("failed", `the log ${path} can't be opened (${reason(error)}), so nothing was started`);
  }
}

function openOrClose(path: string, other: Log): Log {
  try {
    return openLog(path);
  } catch (error) {
    closeSync(other.fd);
    throw error;
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  if (code === "ENOENT") return "its folder is missing";
  return code ?? String(error);
}

function freshEnd(log: Log): string | undefined {
  const { size } = fstatSync(log.fd);
  if (size === log.seen) return undefined;
  log.seen = size;
  const from = Math.max(log.start, size - tailBytes);
  return readRange(log.fd, from, Math.max(0, size - from)).toString("utf8");
}

function join(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return `${first}\n${second}`;
}

function readKept(log: Log): { text: string; cut: boolean } {
  const length = fstatSync(log.fd).size - log.start;
  if (length <= 0) return { text: "", cut: false };
  const bytes = readRange(log.fd, log.start, Math.min(length, keptBytes));
  if (length <= keptBytes) return { text: bytes.toString("utf8"), cut: false };
  // A character that the cut went through is left out.
  return { text: new StringDecoder("utf8").write(bytes), cut: true };
}

function readRange(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const count = readSync(fd, bytes, got, length - got, from + got);
    if (count === 0) break;
    got += count;
  }
  return bytes.subarray(0, got);
}
