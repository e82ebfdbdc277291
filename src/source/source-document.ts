import type { Diagnostic, Range } from "./diagnostic.ts";

/** A string scalar of a document, with what is needed to point into it. */
export interface SourceScalar {
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** The offset in the file of the character at `offset` of the value (quotes, folds and indentation accounted for). */
  sourceOffset(offset: number): number;
}

/** A YAML file as written: its plain data, and where everything in it stands. */
export interface SourceDocument {
  /** The file's name as the user gave it. */
  readonly file: string;
  readonly text: string;
  /** Plain JSON data (YAML 1.2 core schema); undefined when the text could not be parsed. */
  readonly data: unknown;
  /** What was wrong with the YAML itself. */
  readonly diagnostics: readonly Diagnostic[];
  /** Where the value at a path stands; the nearest ancestor when there is none. A map points at its first key. */
  locate(path: readonly (string | number)[]): Range;
  /** Where the key of an entry stands (for an unknown key, say). */
  locateKey(path: readonly (string | number)[], key: string): Range;
  /** The string scalar at a path, or undefined when there is another kind of node. */
  scalar(path: readonly (string | number)[]): SourceScalar | undefined;
  /** The source text of the scalar at a path (`010`, `"yes"`); undefined when there is another kind of node. */
  raw(path: readonly (string | number)[]): string | undefined;
  /** Makes a diagnostic of this file from a range. */
  diagnostic(severity: Diagnostic["severity"], code: string, range: Range, message: string, hint?: string): Diagnostic;
}
