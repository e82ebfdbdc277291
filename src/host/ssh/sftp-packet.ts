/** SFTP version 3 (draft-ietf-secsh-filexfer-02): the types of packets that are used. */
export const packet = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
  extendedReply: 201,
} as const;

export const openFor = { read: 1, write: 2, create: 8, truncate: 16, exclusive: 32 } as const;

/** What a packet says of a file. Times are seconds since 1970, without a sign. */
export interface SftpAttributes {
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
  /** With the bits of the kind of file. */
  readonly mode: number;
  readonly mtime: number;
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

export const uint64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

export const text = (value: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

const has = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 };
const latest = 0xffffffff;

/** Attributes to be set; what is not given stays. `modifiedAt` is in milliseconds, and is set as the access time, too. */
export function attributes(set: { uid?: number; gid?: number; mode?: number; modifiedAt?: number }): Buffer {
  let flags = 0;
  const parts: Buffer[] = [];
  if (set.uid !== undefined && set.gid !== undefined) {
    flags |= has.owner;
    parts.push(uint32(set.uid), uint32(set.gid));
  }
  if (set.mode !== undefined) {
    flags |= has.mode;
    parts.push(uint32(set.mode & 0o7777));
  }
  if (set.modifiedAt !== undefined) {
    flags |= has.times;
    // The protocol has no times before 1970 and after 2106.
    const seconds = uint32(Math.min(latest, Math.max(0, Math.floor(set.modifiedAt / 1000))));
    parts.push(seconds, seconds);
  }
  return Buffer.concat([uint32(flags), ...parts]);
}

/** Takes a packet apart from its front. Throws RangeError when it is shorter than it says. */
export function reader(bytes: Buffer) {
  let at = 0;
  const self = {
    byte: () => bytes.readUInt8(at++),
    uint32: () => {
      at += 4;
      return bytes.readUInt32BE(at - 4);
    },
    uint64: () => {
      at += 8;
      return bytes.readBigUInt64BE(at - 8);
    },
    bytes: () => {
      const length = self.uint32();
      if (at + length > bytes.length) throw new RangeError("an SFTP packet is too short");
      at += length;
      return bytes.subarray(at - length, at);
    },
    rest: () => bytes.subarray(at),
    left: () => bytes.length - at,
    attributes: (): SftpAttributes => {
      const flags = self.uint32();
      const size = flags & has.size ? Number(self.uint64()) : 0;
      const [uid, gid] = flags & has.owner ? [self.uint32(), self.uint32()] : [0, 0];
      const mode = flags & has.mode ? self.uint32() : 0;
      if (flags & has.times) self.uint32();
      const mtime = flags & has.times ? self.uint32() : 0;
      if (flags & has.extended) {
        for (let count = self.uint32(); count > 0; count--) {
          self.bytes();
          self.bytes();
        }
      }
      return { size, uid, gid, mode, mtime };
    },
  };
  return self;
}
