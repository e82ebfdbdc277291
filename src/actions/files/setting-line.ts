/** How a line sets a key. */
export interface Setting {
  /** Everything up to the end of the key: indentation, an `export`, the key. */
  readonly head: string;
  /** Empty for a key that stands alone. */
  readonly separator: string;
  readonly value: string;
  /** False when the line may as well mean something else (`max connections = 5` for the key `max`). */
  readonly certain: boolean;
}

// Not String.trim: read as Latin-1, a byte of a UTF-8 letter can look like a no-break space.
export function trimmed(text: string): string {
  return text.replace(/^[ \t\f\v\r]+/, "").replace(/[ \t\f\v\r]+$/, "");
}

export function isComment(text: string): boolean {
  return /^[ \t]*(?:[#;!]|\/\/|--)/.test(text);
}

/**
 * Reads a line as one that sets `key`: `key=value`, `key: value` or `key value`. A `separator` that is given decides
 * between them. Undefined when the line does not set the key.
 */
export function readSetting(text: string, key: string, separator?: string): Setting | undefined {
  const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
  const exported = /^[ \t]*export[ \t]+/.exec(text)?.[0];
  const plain = readAfter(text, indent, key, separator);
  if (plain !== undefined || exported === undefined) return plain;
  const found = readAfter(text, exported, key, separator);
  return found?.separator.startsWith("=") ? found : undefined;
}

function readAfter(text: string, before: string, key: string, wanted: string | undefined): Setting | undefined {
  if (!text.startsWith(key, before.length)) return undefined;
  const head = before + key;
  const rest = text.slice(head.length);
  if (trimmed(rest) === "") return { head, separator: "", value: "", certain: true };
  const strong = /^[ \t]*([=:])[ \t]*/.exec(rest);
  const blank = /^[ \t]+/.exec(rest);
  const as = (separator: string, certain: boolean) => ({
    head,
    separator,
    value: rest.slice(separator.length),
    certain,
  });
  if (wanted !== undefined && trimmed(wanted) === "" && blank) return as(blank[0], true);
  if (strong && (wanted === undefined || trimmed(wanted) === "" || trimmed(wanted) === strong[1]))
    return as(strong[0], true);
  if (blank && wanted === undefined) return as(blank[0], !/=|:(?:\s|$)/.test(rest));
  return undefined;
}

/** A line that ends in a backslash goes on in the next one in many formats. */
export function goesOn(text: string): boolean {
  return !isComment(text) && (/\\+$/.exec(text)?.[0].length ?? 0) % 2 === 1;
}

/** Whether a value is only the beginning of one: a YAML block, an open list, an open multi-line string. */
export function isOpen(text: string, value: string, following: readonly string[]): boolean {
  if (goesOn(text)) return true;
  const bare = trimmed(value);
  if (/^(?:"""|''')/.test(bare)) return bare.length < 6 || !bare.endsWith(bare.slice(0, 3));
  if (/^[[{]/.test(bare)) {
    const count = (pattern: RegExp) => bare.match(pattern)?.length ?? 0;
    if (count(/[[{]/g) > count(/[\]}]/g)) return true;
  }
  if (bare !== "" && !/^[|>][-+\d]*$/.test(bare)) return false;
  const next = following.find((line) => trimmed(line) !== "" && !isComment(line));
  if (next === undefined) return false;
  const depth = (line: string) => /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return depth(next) > depth(text) || (depth(next) === depth(text) && /^[ \t]*- /.test(next));
}
