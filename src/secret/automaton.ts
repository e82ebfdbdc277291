/** Finds all of many byte strings in one pass (Aho and Corasick), whatever their number and the text. */
export interface Automaton {
  /** The state after a byte; 0 is the state before the first. */
  step(state: number, byte: number): number;
  /** The longest pattern that ends in a state: its index + 1; 0 where none does. */
  readonly ends: Int32Array;
  /** How many of the last bytes can still become part of a pattern that ends later. */
  readonly open: Int32Array;
}

/** States near the start have a whole table: most bytes of most texts never leave them. */
const tables = 256;

/** `patterns` are not empty and all different. */
export function makeAutomaton(patterns: readonly Uint8Array[]): Automaton {
  const { first, bytes, ends } = buildTree(patterns);
  const count = bytes.length;
  const fail = new Int32Array(count);
  const depth = new Int32Array(count);
  const table = new Int32Array(Math.min(count, tables) * 256);

  const child = (state: number, byte: number): number => {
    let low = first[state] ?? 0;
    let high = (first[state + 1] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = bytes[middle] as number;
      if (found === byte) return middle;
      if (found < byte) low = middle + 1;
      else high = middle - 1;
    }
    return 0;
  };
  const step = (from: number, byte: number): number => {
    let state = from;
    while (state >= tables) {
      const next = child(state, byte);
      if (next !== 0) return next;
      state = fail[state] as number;
    }
    return table[(state << 8) | byte] as number;
  };

  // In the order of depth: what a state falls back to is complete before it.
  for (let state = 0; state < count; state++) {
    const back = fail[state] as number;
    if (state < tables) table.copyWithin(state << 8, back << 8, (back + 1) << 8);
    for (let next = first[state] as number; next < (first[state + 1] as number); next++) {
      const byte = bytes[next] as number;
      fail[next] = state === 0 ? 0 : step(back, byte);
      depth[next] = (depth[state] as number) + 1;
      if (state < tables) table[(state << 8) | byte] = next;
      if (ends[next] === 0) ends[next] = ends[fail[next] as number] as number;
    }
  }
  const open = depth;
  for (let state = 1; state < count; state++) {
    if (first[state] === first[state + 1]) open[state] = open[fail[state] as number] as number;
  }
  return { step, ends, open };
}

/** The states in the order of their depth; the children of a state are `first[state]` to `first[state + 1]`. */
function buildTree(patterns: readonly Uint8Array[]): { first: Int32Array; bytes: Uint8Array; ends: Int32Array } {
  const sorted = patterns.map((bytes, index) => ({ bytes, index })).sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const most = patterns.reduce((sum, { length }) => sum + length, 1);
  const first = new Int32Array(most + 1);
  const bytes = new Uint8Array(most);
  const ends = new Int32Array(most);
  // Which of the sorted patterns go through a state.
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  to[0] = sorted.length;
  let count = 1;
  let level = 0;
  for (let depth = 0; level < count; depth++) {
    const levelEnd = count;
    for (; level < levelEnd; level++) {
      first[level] = count;
      let at = from[level] as number;
      const end = to[level] as number;
      const own = sorted[at];
      if (own?.bytes.length === depth) {
        ends[level] = own.index + 1;
        at++;
      }
      while (at < end) {
        const byte = sorted[at]?.bytes[depth] as number;
        from[count] = at;
        while (at < end && sorted[at]?.bytes[depth] === byte) at++;
        to[count] = at;
        bytes[count++] = byte;
      }
    }
  }
  first[count] = count;
  return { first: first.slice(0, count + 1), bytes: bytes.slice(0, count), ends: ends.slice(0, count) };
}
