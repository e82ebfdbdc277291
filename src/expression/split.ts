/** A piece of a scalar: text as it stands, or the source of an expression with its offset in the scalar. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly source: string; readonly start: number };

export type Split = { readonly parts: readonly Part[] } | { readonly unclosed: number };

/** True when a string may hold an expression; everything else is text as it stands. */
export function mayHoldExpression(value: string): boolean {
  return value.includes("${{");
}

/** The offset of the `}}` that ends an expression, or -1. Quotes and braces inside it are respected. */
function findEnd(value: string, start: number): number {
  let depth = 0;
  for (let i = start; i < value.length; i++) {
    const letter = value[i]!;
    if (letter === '"' || letter === "'") {
      const triple = letter.repeat(3);
      const quote = value.startsWith(triple, i) ? triple : letter;
      const raw = /(^|\W)[bB]?[rR]$/.test(value.slice(Math.max(start, i - 3), i));
      i += quote.length;
      while (i < value.length && !value.startsWith(quote, i)) i += value[i] === "\\" && !raw ? 2 : 1;
      i += quote.length - 1;
    } else if (letter === "{") depth++;
    else if (letter === "}" && depth > 0) depth--;
    else if (letter === "}" && value[i + 1] === "}") return i;
  }
  return -1;
}

/** Takes a scalar apart. `$${{` stands for the three characters `${{`. */
export function split(value: string): Split {
  const parts: Part[] = [];
  let text = "";
  let at = 0;
  const endText = (): void => {
    if (text !== "") parts.push({ kind: "text", text });
    text = "";
  };
  for (;;) {
    const open = value.indexOf("${{", at);
    if (open < 0) {
      text += value.slice(at);
      endText();
      return { parts };
    }
    if (value[open - 1] === "$" && open > at) {
      text += `${value.slice(at, open - 1)}\${{`;
      at = open + 3;
      continue;
    }
    text += value.slice(at, open);
    const start = open + 3;
    const end = findEnd(value, start);
    if (end < 0) return { unclosed: open };
    endText();
    parts.push({ kind: "expression", source: value.slice(start, end), start });
    at = end + 2;
  }
}
