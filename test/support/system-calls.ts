import { readFileSync } from "node:fs";

/** One system call that strace has seen: `-f -y -s 300` with the output in a file. */
export interface SystemCall {
  readonly name: string;
  readonly line: string;
}

/** What `plan` and what it starts may be seen doing: everything with a file, a process, a socket or a write. */
export function straceArguments(log: string): string[] {
  const calls =
    "%file,%process,%network,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,sendfile,splice,copy_file_range";
  const dressing = "fchmod,fchown,fsetxattr,fremovexattr,mount,umount2,setns,io_uring_setup";
  return ["strace", "-f", "-y", "-s", "300", "-o", log, "-e", `trace=${calls},${dressing}`, "-e", "signal=none"];
}

export function systemCalls(log: string): SystemCall[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      // A call that another thread's came between is told in two lines; the first has its arguments.
      const found = /^\d+ +([a-z0-9_]+)\(/.exec(line);
      return found?.[1] === undefined ? [] : [{ name: found[1], line }];
    });
}

const changing =
  /^(rename|unlink|rmdir|mkdir|mknod|chmod|fchmod|chown|lchown|fchown|symlink|link|truncate|ftruncate|fallocate|utime|futimesat|setxattr|lsetxattr|fsetxattr|removexattr|lremovexattr|fremovexattr|copy_file_range|sendfile|splice|mount|umount|pivot_root|chroot|swapon|acct|setns)/;
/** Nothing is kept in these. */
const bottomless = /^\/dev\/(null|tty|pts\/\d+|ptmx|zero|urandom)$/;

/** Every call that could change a file, whether it succeeded or not. */
export function writingCalls(calls: readonly SystemCall[]): string[] {
  return calls.filter(writes).map(({ line }) => line);
}

function writes({ name, line }: SystemCall): boolean {
  if (changing.test(name)) return true;
  if (/^(open|openat|openat2|creat)$/.test(name)) {
    if (name !== "creat" && !/O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/.test(line)) return false;
    return !bottomless.test(/"([^"]*)"/.exec(line)?.[1] ?? "");
  }
  if (/^p?write/.test(name)) {
    // Pipes, sockets and event counters are shown as `pipe:[…]`, `anon_inode:[…]`; a file by its path.
    const to = /\(\d+<([^>]*)>/.exec(line)?.[1] ?? "";
    return to.startsWith("/") && !bottomless.test(to);
  }
  return false;
}

/** The programs that were started, as their arguments. */
export function startedPrograms(calls: readonly SystemCall[]): string[][] {
  return calls.flatMap(({ name, line }) => {
    const list = /^\d+ +execve(?:at)?\((?:[^"]*, )?"[^"]*", \[(.*?)\](?:,|\.\.\.|$)/.exec(line)?.[1];
    if (!name.startsWith("execve") || list === undefined || / = -1 /.test(line)) return [];
    return [[...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] as string)];
  });
}
