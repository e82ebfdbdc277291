import { createHash } from "node:crypto";
import type { Schema } from "./define.ts";

/** Tells a validator that was compiled from this very schema from one that was compiled from an older one. */
export function digestOf(schema: Schema): string {
  return createHash("sha256").update(JSON.stringify(schema)).digest("hex").slice(0, 16);
}
