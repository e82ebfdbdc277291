import { ActionFailure, type FailureKind } from "../action/failure.ts";

type Reason = readonly [kind: FailureKind, sentence: (path: string) => string];

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: ["wrong-input", (path) => `There is no ${path}`],
  ENOSPC: ["failed", (path) => `The disk that holds ${path} is full`],
  EDQUOT: ["failed", (path) => `The disk quota for ${path} is used up`],
  EACCES: ["failed", (path) => `Permission denied for ${path}${whoami()}`],
  EPERM: ["failed", (path) => `The system does not allow this for ${path}${whoami()}`],
  EROFS: ["failed", (path) => `${path} is on a read-only file system`],
  EEXIST: ["wrong-input", (path) => `${path} exists already`],
  ENOTEMPTY: ["wrong-input", (path) => `${path} exists already and is not empty`],
  ENOTDIR: ["wrong-input", (path) => `A part of ${path} that should be a folder is not one`],
  EISDIR: ["wrong-input", (path) => `${path} is a folder, not a file`],
  ELOOP: ["wrong-input", (path) => `${path} leads through a symlink that is not followed, or through too many`],
  EINVAL: ["wrong-input", (path) => `${path} can't be used here: the system calls it invalid`],
  ENAMETOOLONG: ["wrong-input", (path) => `The name is too long for the file system: ${path}`],
  EXDEV: ["wrong-input", (path) => `${path} is on another file system`],
  EFBIG: ["failed", (path) => `${path} would be larger than the file system or a limit allows`],
  ERR_FS_FILE_TOO_LARGE: ["wrong-input", (path) => `${path} is too large to be read at once`],
  ERR_INVALID_ARG_VALUE: ["wrong-input", (path) => `A path can't hold a zero byte: ${JSON.stringify(path)}`],
  EIO: ["failed", (path) => `The disk reported an input/output error for ${path}`],
  EBUSY: ["retry", (path) => `${path} is in use by the system (a mount point, say)`],
  ETXTBSY: ["retry", (path) => `${path} is a program that is running`],
  EMFILE: ["retry", (path) => `Too many open files to open ${path}`],
  ENFILE: ["retry", (path) => `The system has too many open files to open ${path}`],
  ESTALE: ["retry", (path) => `The network file system lost track of ${path}`],
  ETIMEDOUT: ["retry", (path) => `The network file system did not answer for ${path}`],
};

function whoami(): string {
  const id = process.getuid?.();
  return id === undefined ? "" : ` (belay runs as user id ${id})`;
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/**
 * The error of a file operation as a sentence that names the path and the reason. `left` says how things were left
 * ("/x is unchanged"). Whatever is not an error of the system is returned as it is.
 */
export function fileFailure(error: unknown, path: string, left?: string): unknown {
  if (error instanceof ActionFailure || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  const [kind, sentence] = reasons[code] ?? (["failed", (at: string) => `${at}: the system reported ${code}`] as const);
  return new ActionFailure(kind, left === undefined ? sentence(path) : `${sentence(path)}; ${left}`);
}

/** For `.catch(...)`: throws the error as a sentence about `path`. */
export function failingAt(path: string, left?: string): (error: unknown) => never {
  return (error) => {
    throw fileFailure(error, path, left);
  };
}
