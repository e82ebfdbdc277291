/** One line of a `sha256sum` manifest. */
export interface ManifestEntry {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly name: string;
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };
const plain: Readonly<Record<string, string>> = { "\\\\": "\\", "\\n": "\n", "\\r": "\r" };

/** As coreutils writes it: a name with a backslash or a line end is escaped, and the line then begins with a backslash. */
export function writeManifestLine({ sha256, name }: ManifestEntry): string {
  const escaped = name.replace(/[\\\n\r]/g, (character) => escapes[character] ?? character);
  return `${escaped === name ? "" : "\\"}${sha256}  ${escaped}\n`;
}

/** Undefined when it is not a line of a manifest. */
export function readManifestLine(line: string): ManifestEntry | undefined {
  const [, escaped, sha256, name] = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/s.exec(line) ?? [];
  if (sha256 === undefined || name === undefined) return undefined;
  if (escaped === "") return { sha256: sha256.toLowerCase(), name };
  if (/\\(?:[^\\nr]|$)/.test(name.replace(/\\\\/g, ""))) return undefined;
  return { sha256: sha256.toLowerCase(), name: name.replace(/\\[\\nr]/g, (pair) => plain[pair] ?? pair) };
}
