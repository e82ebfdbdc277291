/** Watches the tokens of a YAML text go by, so that a file made to exhaust the parser is refused before it is built. */
export interface NestingGuard {
  /** Takes the next token; returns the offset of the first thing that is nested too deep. */
  see(token: string): number | undefined;
}

/** The token that announces a scalar: what follows is text, whatever it looks like. */
const scalarMark = "\x1f";
/** Tokens without a character in the file: start of a document, end of a flow on error, the scalar mark. */
const marks = new Set(["\x02", "\x18", scalarMark]);

export function guardNesting(deepest: number): NestingGuard {
  let offset = 0;
  let lineStart = 0;
  let flow = 0;
  let isText = false;
  let contentStart = 0;
  let lineIsEmpty = true;
  const block: number[] = [];
  const open = (column: number): void => {
    while (block.length > 0 && block.at(-1)! > column) block.pop();
    if (block.length === 0 || block.at(-1)! < column) block.push(column);
  };
  return {
    see(token) {
      if (marks.has(token) && !isText) {
        isText = token === scalarMark;
        return undefined;
      }
      const at = offset;
      offset += token.length;
      const wasText = isText;
      isText = false;
      if (!wasText) {
        if (token === "[" || token === "{") flow++;
        else if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
        else if (flow === 0 && (token === "-" || token === "?")) open(at - lineStart);
        else if (flow === 0 && token === ":") open((lineIsEmpty ? at : contentStart) - lineStart);
      }
      const indicator = !wasText && (token === "-" || token === "?");
      if (/^[ \t]*$/.test(token)) {
        // Indentation and spaces do not start the content of a line.
      } else if (token.includes("\n")) {
        lineStart = at + token.lastIndexOf("\n") + 1;
        lineIsEmpty = true;
      } else if (indicator) lineIsEmpty = true;
      else if (lineIsEmpty) {
        contentStart = at;
        lineIsEmpty = false;
      }
      return flow + block.length > deepest ? at : undefined;
    },
  };
}
