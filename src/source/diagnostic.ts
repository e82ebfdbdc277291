/** A half-open range of offsets (UTF-16 code units) in a source text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One mistake, or one thing worth a look, in a file that somebody wrote. Lines and columns start at 1. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** A stable name for the kind of mistake, such as `unknown-key`. */
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** One sentence that says what is wrong. */
  readonly message: string;
  /** What was probably meant, or what to do. */
  readonly hint?: string;
}
