import { Header } from "tar";
import type { NewMember } from "./archive-format.ts";
import { formatPax } from "./pax.ts";
import { padding } from "./tar-read.ts";

const recordSize = 10_240;
const largestOctal = 0o77777777777;

/** The bytes of a tar archive: ustar headers, with a pax header for what does not fit into one. */
export async function* writeTar(members: AsyncIterable<NewMember>): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const member of members) {
    const header = tarHeader(member);
    total += header.length;
    yield header;
    if (member.kind !== "file") continue;
    for await (const chunk of member.content()) {
      total += chunk.length;
      yield chunk;
    }
    const pad = padding(member.size);
    total += pad;
    if (pad > 0) yield Buffer.alloc(pad);
  }
  // Two blocks of zeros, filled up to a whole record as tar does.
  total += 1024;
  yield Buffer.alloc(1024 + ((recordSize - (total % recordSize)) % recordSize));
}

function tarHeader(member: NewMember): Buffer {
  const path = member.kind === "directory" ? (member.path === "" ? "./" : `${member.path}/`) : member.path;
  const seconds = Math.floor(member.modifiedAt / 1000);
  const inHeader = Math.min(Math.max(seconds, 0), largestOctal);
  const block = Buffer.alloc(512);
  const header = new Header({
    path,
    mode: member.mode,
    uid: member.uid,
    gid: member.gid,
    size: member.kind === "file" ? member.size : 0,
    type: member.kind === "file" ? "File" : member.kind === "directory" ? "Directory" : "SymbolicLink",
    mtime: new Date(inHeader * 1000),
    uname: "",
    gname: "",
    ...(member.target === undefined ? {} : { linkpath: member.target }),
  });
  // Whole milliseconds: what is finer than that does not survive a JavaScript number.
  const modifiedAt = Math.floor(member.modifiedAt);
  const needsPax = header.encode(block) || modifiedAt !== inHeader * 1000;
  if (!needsPax) return block;
  const body = formatPax({
    mtime: modifiedAt,
    path,
    ...(member.target === undefined ? {} : { linkpath: member.target }),
    ...(member.kind === "file" ? { size: member.size } : {}),
    uid: member.uid,
    gid: member.gid,
  });
  const paxBlock = Buffer.alloc(512);
  new Header({
    path: "././@PaxHeader",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    type: "ExtendedHeader",
    mtime: new Date(0),
  }).encode(paxBlock);
  return Buffer.concat([paxBlock, body, Buffer.alloc(padding(body.length)), block]);
}
