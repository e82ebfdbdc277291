import { createHash } from "node:crypto";
import { join } from "node:path";

/** A run's folder, as far as approval needs it. */
export interface RunPlace {
  readonly path: string;
}

export const requestEnding = ".request.json";
/** Of a verdict's name, and of nothing else's: the request's digest, the user id, and who used root. */
const verdictEnding = /^\.([0-9a-f]{12})\.(0|[1-9][0-9]{0,9})(?:\+([A-Za-z0-9_%~-]+))?\.json$/;

export const approvalsFolder = (place: RunPlace): string => join(place.path, "approvals");
export const requestFile = (place: RunPlace, step: string): string =>
  join(approvalsFolder(place), `${fileNameOf(step)}${requestEnding}`);
/** Says how a request ended, for those who can't read the journal. */
export const endedFile = (place: RunPlace, step: string): string =>
  join(approvalsFolder(place), `${fileNameOf(step)}.ended.json`);

/**
 * A step's address as a part of a file name: `sites[eu/west]/stop` is `sites%5Beu%2Fwest%5D%2Fstop`. Nothing in it
 * leads to another folder, two steps never have the same one, and it has no dot.
 */
export function fileNameOf(text: string): string {
  let name = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    name += /[A-Za-z0-9_-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  // File systems end a name at 255 bytes, and more is to follow.
  if (name.length <= 120) return name;
  return `${name.slice(0, 80)}~${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

export interface VerdictName {
  readonly uid: number;
  /** Root's files also say who used root: two people behind sudo have two files. */
  readonly sudo?: string;
}

/**
 * The one file of a person's verdict on a request. Its name does not tell approval from rejection: so the system itself
 * sees to it that only the first one is made.
 */
export function verdictFile(place: RunPlace, step: string, digest: string, { uid, sudo }: VerdictName): string {
  const who = sudo === undefined ? `${uid}` : `${uid}+${fileNameOf(sudo)}`;
  return join(approvalsFolder(place), `${fileNameOf(step)}.${digest.slice(0, 12)}.${who}.json`);
}

/** What a file's name says of it: undefined where it is no verdict on this step. */
export function readVerdictName(
  step: string,
  name: string,
): { readonly digest: string; readonly uid: number; readonly sudo?: string } | undefined {
  const start = fileNameOf(step);
  const [, digest, uid, sudo] = (name.startsWith(start) ? verdictEnding.exec(name.slice(start.length)) : null) ?? [];
  if (digest === undefined || uid === undefined) return undefined;
  return { digest, uid: Number(uid), ...(sudo === undefined ? {} : { sudo }) };
}
