import type { Reply, SftpChannel } from "./sftp-channel.ts";
import { attributes, openFor, packet, reader, type SftpAttributes, text, uint32, uint64 } from "./sftp-packet.ts";

/** What a file system says of itself. */
interface SftpVolume {
  readonly availableBytes: number;
  /** Infinity where the file system does not count them. */
  readonly freeNodes: number;
  readonly readOnly: boolean;
  /** Equal for two paths of one file system. */
  readonly device: number;
}

export type Settable = { uid?: number; gid?: number; mode?: number; modifiedAt?: number };

/** The calls of SFTP. Rejects with an Error whose `code` is the system's, as far as the server tells it. */
export interface Sftp {
  readonly chunkBytes: number;
  lstat(path: string): Promise<SftpAttributes>;
  stat(path: string): Promise<SftpAttributes>;
  open(path: string, flags: number, mode?: number): Promise<Buffer>;
  close(handle: Buffer): Promise<void>;
  /** Empty at the end of the file; can be shorter than asked for. */
  read(handle: Buffer, at: number, length: number): Promise<Buffer>;
  write(handle: Buffer, at: number, bytes: Uint8Array): Promise<void>;
  fsync(handle: Buffer): Promise<void>;
  fsetstat(handle: Buffer, set: Settable): Promise<void>;
  setstat(path: string, set: Settable): Promise<void>;
  /** The same for a link itself. */
  lsetstat(path: string, set: Settable): Promise<void>;
  readdir(path: string): Promise<{ name: Buffer; attributes: SftpAttributes }[]>;
  mkdir(path: string, mode: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Never replaces anything. */
  renameNew(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  statvfs(path: string): Promise<SftpVolume>;
}

const codes: readonly string[] = [
  "",
  "EOF",
  "ENOENT",
  "EACCES",
  "EFAILURE",
  "EINVAL",
  "ECONNLOST",
  "ECONNLOST",
  "ENOSYS",
];
const endOfFile = 1;
const usualChunk = 32_768;

export async function openSftp(channel: SftpChannel): Promise<Sftp> {
  const call = async (type: number, ...parts: Part[]) =>
    refuseStatus(await channel.request(type, ...parts.map(encode)));
  const done = async (type: number, ...parts: Part[]) => void (await call(type, ...parts));
  const extended = async (name: string, ...parts: Part[]) => {
    if (!channel.extensions.has(name)) throw failure("ENOSYS", `the SFTP server there has no ${name}`);
    return refuseStatus(await channel.extended(name, ...parts.map(encode)));
  };
  const openssh = (name: string) => `${name}@openssh.com`;
  // OpenSSH takes the two names of a symlink in the wrong order, and is kept that way.
  const reversed = channel.extensions.has(openssh("posix-rename"));

  const name = async (type: number, path: string) => {
    const { body } = await call(type, path);
    body.uint32();
    return body.bytes().toString();
  };
  const readdir = async (path: string) => {
    const handle = (await call(packet.opendir, path)).body.bytes();
    const found: { name: Buffer; attributes: SftpAttributes }[] = [];
    try {
      for (;;) {
        const reply = await channel.request(packet.readdir, text(handle));
        if (isEnd(reply)) return found;
        const { body } = refuseStatus(reply);
        for (let count = body.uint32(); count > 0; count--) {
          const entry = Buffer.from(body.bytes());
          body.bytes(); // what `ls -l` would print
          const of = body.attributes();
          if (!entry.equals(Buffer.from(".")) && !entry.equals(Buffer.from("..")))
            found.push({ name: entry, attributes: of });
        }
      }
    } finally {
      await done(packet.close, text(handle)).catch(() => undefined);
    }
  };
  const limit = channel.extensions.has(openssh("limits"))
    ? await extended(openssh("limits")).then(({ body }) => {
        body.uint64();
        return Math.min(Number(body.uint64()), Number(body.uint64()));
      })
    : 0;
  return {
    chunkBytes: limit > 0 ? Math.min(limit, 1 << 18) : usualChunk,
    lstat: async (path) => (await call(packet.lstat, path)).body.attributes(),
    stat: async (path) => (await call(packet.stat, path)).body.attributes(),
    open: async (path, flags, mode) => {
      const set = attributes(mode === undefined ? {} : { mode });
      return Buffer.from((await call(packet.open, path, uint32(flags), set)).body.bytes());
    },
    close: (handle) => done(packet.close, text(handle)),
    read: async (handle, at, length) => {
      const reply = await channel.request(packet.read, text(handle), uint64(at), uint32(length));
      return isEnd(reply) ? Buffer.alloc(0) : refuseStatus(reply).body.bytes();
    },
    write: (handle, at, bytes) => done(packet.write, text(handle), uint64(at), uint32(bytes.length), bytes),
    fsync: async (handle) => void (await extended(openssh("fsync"), text(handle))),
    fsetstat: (handle, set) => done(packet.fsetstat, text(handle), attributes(set)),
    setstat: (path, set) => done(packet.setstat, path, attributes(set)),
    lsetstat: async (path, set) => void (await extended(openssh("lsetstat"), path, attributes(set))),
    readdir,
    mkdir: (path, mode) => done(packet.mkdir, path, attributes({ mode })),
    rmdir: (path) => done(packet.rmdir, path),
    remove: (path) => done(packet.remove, path),
    rename: async (from, to) => void (await extended(openssh("posix-rename"), from, to)),
    renameNew: (from, to) => done(packet.rename, from, to),
    link: async (existing, path) => void (await extended(openssh("hardlink"), existing, path)),
    symlink: (target, path) => done(packet.symlink, ...(reversed ? [target, path] : [path, target])),
    readlink: (path) => name(packet.readlink, path),
    realpath: (path) => name(packet.realpath, path),
    statvfs: async (path) => toVolume((await extended(openssh("statvfs"), path)).body),
  };
}

export const exclusive = openFor.write | openFor.create | openFor.exclusive;

function toVolume(body: ReturnType<typeof reader>): SftpVolume {
  const [, unit, blocks, , available, all, nodes, , id, flags, longest] = Array.from({ length: 11 }, () =>
    body.uint64(),
  );
  // Some file systems have no number: then their size must tell them apart.
  const device = id === 0n ? (blocks ?? 0n) * 1031n + (longest ?? 0n) : (id ?? 0n);
  return {
    availableBytes: Number((unit ?? 0n) * (available ?? 0n)),
    freeNodes: all === 0n ? Number.POSITIVE_INFINITY : Number(nodes),
    readOnly: ((flags ?? 0n) & 1n) === 1n,
    device: Number(device % BigInt(Number.MAX_SAFE_INTEGER)),
  };
}

function isEnd({ type, body }: Reply): boolean {
  return type === packet.status && reader(body.rest()).uint32() === endOfFile;
}

function refuseStatus(reply: Reply): Reply {
  if (reply.type !== packet.status) return reply;
  const status = reply.body.uint32();
  if (status === 0) return reply;
  throw failure(
    codes[status] ?? "EFAILURE",
    reply.body.left() > 0 ? reply.body.bytes().toString() : `status ${status}`,
  );
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Bytes as they are, or a path. */
type Part = Uint8Array | string;

function encode(part: Part): Uint8Array {
  if (typeof part !== "string") return part;
  // The server would take it for an attack and hang up.
  if (part.includes("\0")) throw failure("ERR_INVALID_ARG_VALUE", "a zero byte");
  return text(part);
}
