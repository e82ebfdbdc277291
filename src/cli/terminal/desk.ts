import type { Style } from "../../render/style.ts";
import type { Asking } from "./prompt.ts";

/** A paragraph; a loud one is set off where the terminal has colours. */
export type Said = string | { readonly loud: string };

/** What a question needs: the terminal, the person, and a way to say what is known before asking. */
export interface Desk extends Asking {
  readonly user: string;
  readonly paint: Style;
  /** Paragraphs, each on lines of its own; all but the first are set in. */
  say(...texts: readonly Said[]): void;
}
