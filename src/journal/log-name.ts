import { createHash } from "node:crypto";

const longest = 120;

/** The name of a file or folder for a step: its address, with what no file name may hold written as %XX. */
export function fileNameOf(address: string): string {
  const safe = address.replace(/[^A-Za-z0-9_.~-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
  if (safe.length <= longest && !/^\.*$/.test(safe)) return safe;
  return `${safe.slice(0, longest - 17)}~${createHash("sha256").update(address).digest("hex").slice(0, 16)}`;
}

/** The name of an attempt's logs, without `.out` or `.err`. */
export function logName(key: string): string {
  const [, address = key, rest = ""] = /^(.*?)([~@#!][^[\]/]*)$/s.exec(key) ?? [];
  return `${fileNameOf(address)}${rest.replaceAll("#", ".").replaceAll("@", ".turn").replaceAll("!", ".")}`;
}
