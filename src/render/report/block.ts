/** How a text is set off: `alarm` is what a reader must not miss, `person` what somebody decided. */
export type Tone = "plain" | "good" | "alarm" | "person" | "quiet";

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** Names, paths, hashes: letters of one width. */
  readonly code?: boolean;
}

export interface StepBlock {
  readonly kind: "step";
  readonly symbol: string;
  readonly number: string;
  readonly id: string;
  readonly title: string;
  readonly depth: number;
  readonly words: string;
  readonly tone: Tone;
  readonly facts: readonly (readonly [string, string])[];
  readonly notes: readonly {
    readonly time: string;
    readonly text: string;
    readonly more: readonly string[];
    readonly tone: Tone;
  }[];
  /** Inputs and results, as lines. */
  readonly texts: readonly { readonly label: string; readonly lines: readonly string[] }[];
}

/** The parts of a report's page, whatever it is written in. All texts are raw: the writers make them safe. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string; readonly tone?: Tone }
  | { readonly kind: "facts"; readonly rows: readonly (readonly [string, readonly Cell[]])[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: "picture" }
  | StepBlock;
