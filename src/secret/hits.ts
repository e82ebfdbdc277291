/**
 * A place where a form stands. Where forms overlap, the later one is only the rest of it: `skip` is how much of its
 * beginning the hit before covers. Positions and `skip` are in the units of what was searched.
 */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly form: number;
  readonly skip: number;
}

/**
 * Adds a form that was just found, and ends behind all others. What stands inside of it is dropped; what it only
 * overlaps is kept, so that together they cover every found character.
 */
export function addHit(hits: Hit[], start: number, end: number, form: number): void {
  let last = hits.at(-1);
  while (last && last.start >= start) {
    hits.pop();
    last = hits.at(-1);
  }
  const begin = Math.max(start, last?.end ?? 0);
  hits.push({ start: begin, end, form, skip: begin - start });
}
