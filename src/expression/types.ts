/** A JSON value: what goes into expressions and comes out of them. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The values of the roots that expressions may name. */
export type Values = { readonly [root: string]: Value };

/**
 * What an expression may name, for checks at load time. A type is a CEL type name (`int`, `string`, `bool`, `dyn`,
 * `list<string>`, …) or the keys of an object.
 */
export type ValueType = string | { readonly [key: string]: ValueType };

/** A mistake in an expression. Offsets are relative to the scalar's value that holds the expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
}

/** A path that an expression reads, such as `steps.load.result.rows`; offsets as in ExpressionProblem. */
export interface Reference {
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Thrown when a checked expression can't be evaluated with the values at hand. Its message is one clear sentence. */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}
