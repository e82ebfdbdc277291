/** The records of a pax extended header that belay uses. `mtime` is in milliseconds since 1970. */
export interface Pax {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  /** True when the file is stored without its holes, in one of GNU tar's ways. */
  readonly sparse?: true;
}

/** Reads the body of a pax header, byte by byte: a value may hold newlines. undefined where it is malformed. */
export function parsePax(body: Buffer): Pax | undefined {
  const pax: { -readonly [K in keyof Pax]: Pax[K] } = {};
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString("latin1", at, space));
    const end = at + length;
    if (space < 0 || !Number.isSafeInteger(length) || end <= space || end > body.length) return undefined;
    const record = body.toString("utf8", space + 1, end - 1);
    const equals = record.indexOf("=");
    if (body[end - 1] !== 0x0a || equals < 0) return undefined;
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === "path" || key === "linkpath") pax[key] = value;
    else if (key.startsWith("GNU.sparse.")) pax.sparse = true;
    else if (key === "size" || key === "uid" || key === "gid" || key === "mtime") {
      const number = Number(value);
      if (!Number.isFinite(number) || (key === "size" && !(Number.isSafeInteger(number) && number >= 0)))
        return undefined;
      pax[key] = key === "mtime" ? Math.round(number * 1000) : number;
    }
    at = end;
  }
  return pax;
}

/** The body of a pax header. The length that starts a record counts its own digits. */
export function formatPax(pax: Omit<Pax, "sparse">): Buffer {
  const records = Object.entries(pax).map(([key, value]) => {
    const text = ` ${key}=${key === "mtime" ? Number(value) / 1000 : value}\n`;
    const bytes = Buffer.byteLength(text);
    let length = bytes + 1;
    while (String(length).length + bytes !== length) length++;
    return `${length}${text}`;
  });
  return Buffer.from(records.join(""));
}
