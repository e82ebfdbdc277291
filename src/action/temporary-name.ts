import { createHash } from "node:crypto";

const longestName = 255; // bytes, on every usual file system

/** The hidden name under which a file or folder is made before it gets its own: `.<name>.belay-<purpose>`. */
export function temporaryName(name: string, purpose: string): string {
  const whole = `.${name}.belay-${purpose}`;
  if (Buffer.byteLength(whole) <= longestName) return whole;
  return `.${createHash("sha256").update(name).digest("hex").slice(0, 32)}.belay-${purpose}`;
}

/** Whether a name is one of these: one that is being written, or that an interrupted run left. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.belay-[0-9a-z]+$/s.test(name);
}
