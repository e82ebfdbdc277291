import type { Forms } from "./find-forms.ts";
import { addHit, type Hit } from "./hits.ts";

/** Bytes in, bytes out. What could still become a secret is kept back until the next bytes, or the end, decide. */
export interface MaskedStream {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

export const mask = "***";
const maskBytes = Buffer.from(mask);
const nothing = Buffer.alloc(0);

export function maskStream({ automaton: { step, ends, open }, lengths }: Forms): MaskedStream {
  /** Kept back: never more than the longest form less a byte. All positions count from its first byte. */
  let held: Buffer = nothing;
  let hits: Hit[] = [];
  /** Up to here the bytes belong to a secret whose mask is written already. */
  let covered = 0;
  let state = 0;

  const release = (bytes: Buffer, safe: number): Buffer => {
    if (hits.length === 0 && covered === 0 && safe === bytes.length) return bytes;
    const out: Buffer[] = [];
    let at = 0;
    const upTo = (end: number) => {
      const begin = Math.max(at, covered);
      if (end > begin) out.push(bytes.subarray(begin, end));
      at = Math.max(at, end);
    };
    let written = 0;
    for (const { start, end, skip } of hits) {
      if (start >= safe) break;
      written++;
      upTo(start);
      // The rest of an overlapping form has the mask of the form before.
      if (skip === 0 && start >= covered) out.push(maskBytes);
      covered = Math.max(covered, end);
    }
    upTo(safe);
    covered = Math.max(0, covered - safe);
    hits = hits.slice(written).map((hit) => ({ ...hit, start: hit.start - safe, end: hit.end - safe }));
    return out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out);
  };

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (let at = held.length; at < bytes.length; at++) {
        state = step(state, bytes[at] as number);
        const found = ends[state] as number;
        if (found !== 0) addHit(hits, at + 1 - (lengths[found - 1] as number), at + 1, found - 1);
      }
      const safe = bytes.length - (open[state] as number);
      const out = release(bytes, safe);
      // A copy, for a few bytes would keep the whole chunk in memory.
      held = safe === bytes.length ? nothing : Buffer.from(bytes.subarray(safe));
      return out;
    },
    end() {
      const out = release(held, held.length);
      held = nothing;
      hits = [];
      covered = 0;
      state = 0;
      return out;
    },
  };
}
