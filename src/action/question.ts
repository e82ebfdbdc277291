import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";

/** One thing that a person states in a `manual` step. */
export interface Ask {
  readonly name: string;
  readonly title: string;
  /** What the answer must look like; a string schema with `enum` is shown as a choice. */
  readonly schema: Schema;
  readonly optional: boolean;
}

/** Instructions for a person, and what they must state afterwards. */
export interface Question {
  readonly instructions: string;
  readonly asks: readonly Ask[];
}

/** What was stated, by name, and by whom. */
export interface Answers {
  readonly by: string;
  readonly values: { readonly [name: string]: Json };
}
