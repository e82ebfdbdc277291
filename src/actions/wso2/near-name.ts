const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Edits that turn one text into the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= b.length; at++) {
      const cost = b[at - 1] === letter ? 0 : 1;
      next.push(Math.min((row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1, (row[at - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name that was probably meant: `jdbc/WSO2Config_DB` for `jdbc/WSO2ConfigDB`. Undefined when none is near. */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of known) {
    const edits = distance(plain(name), plain(one));
    if (edits < least) [best, least] = [one, edits];
  }
  return least <= Math.max(1, Math.floor(plain(name).length / 4)) ? best : undefined;
}
