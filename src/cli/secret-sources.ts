import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { SecretSources } from "../secret/reference.ts";
import type { Io } from "./io.ts";

const mebibyte = 1024 * 1024;
const commandMs = 60_000;

export interface SecretSourcesOptions {
  /** Gets a sentence about a file that others may read. */
  readonly warn: (text: string) => void;
  /** Ends a command that is running. */
  readonly signal?: AbortSignal;
  /** How long a command may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Where this machine and its operator keep secrets. */
export function secretSources(io: Io, options: SecretSourcesOptions): SecretSources {
  return {
    env: io.env,
    cwd: io.cwd,
    readFile: (path) => readSecretFile(path, options.warn),
    run: (argv) => runSecretCommand(argv, io.cwd, options),
    ...(io.interactive
      ? { ask: async (text: string) => (await import("./terminal/ask-input.ts")).askSecret(io, text) }
      : {}),
  };
}

async function readSecretFile(path: string, warn: (text: string) => void): Promise<string> {
  // Without O_NONBLOCK, opening a named pipe waits for whoever writes into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw new Error(openTrouble(error));
  });
  try {
    return await readOpened(file, path, warn);
  } finally {
    await file.close();
  }
}

async function readOpened(file: FileHandle, path: string, warn: (text: string) => void): Promise<string> {
  const stat = await file.stat();
  if (stat.isDirectory()) throw new Error("it is a folder");
  if (!stat.isFile()) throw new Error("it is not a regular file");
  if (stat.size > mebibyte) throw new Error("it is larger than 1 MiB");
  if ((stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
    warn(`the file ${path} holds a secret, and its mode ${mode} lets others at it: chmod 600 would close it`);
  }
  // A byte more: a file of /proc has no size, and others can grow.
  const bytes = Buffer.alloc(mebibyte + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    length += bytesRead;
    if (length > mebibyte) throw new Error("it is larger than 1 MiB");
    if (bytesRead === 0) break;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
  } catch {
    throw new Error("it is not text in UTF-8");
  }
}

function openTrouble({ code }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "there is no permission to read it";
  if (code === "ENOTDIR") return "a part of its path is not a folder";
  if (code === "ELOOP") return "its symbolic links go in a circle";
  return `it can't be opened (${code ?? "unknown"})`;
}

async function runSecretCommand(argv: readonly string[], cwd: string, options: SecretSourcesOptions) {
  const { signal, timeoutMs = commandMs } = options;
  const { localProcesses } = await import("../host/local-processes.ts");
  const late = AbortSignal.timeout(timeoutMs);
  const end = signal ? AbortSignal.any([late, signal]) : late;
  const result = await localProcesses({
    runId: "secrets",
    stepKey: "secrets",
    cwd,
    signal: end,
    graceMs: 2000,
    output: { kind: "memory" },
  }).run({ argv });
  if (signal?.aborted) throw new Error("it was interrupted");
  if (late.aborted) throw new Error(`it was ended because it took longer than ${timeoutMs / 1000} s`);
  if (result.truncated) throw new Error("it printed more than 1 MiB");
  if (result.exitCode === 0 && result.stdout.includes("\ufffd")) throw new Error("it printed no text in UTF-8");
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}
