export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units; a byte order mark is not counted. */
  readonly column: number;
}

/** Makes a function that turns offsets of a text into positions. The text is scanned once, when it is first asked. */
export function makeLines(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  const find = (): number[] => {
    const found = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) found.push(at + 1);
    return found;
  };
  return (offset) => {
    starts ??= find();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, offset - starts[low]!) + 1 };
  };
}
