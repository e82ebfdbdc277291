import type { Asking } from "./prompt.ts";

/** What a question needs: the terminal, the person, and a way to say what is known before asking. */
export interface Desk extends Asking {
  readonly user: string;
  /** Paragraphs, each on lines of its own; all but the first are set in. */
  say(...texts: readonly string[]): void;
}
