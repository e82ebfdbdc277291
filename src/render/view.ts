import type { RunEvent } from "../event/event.ts";
import type { RunState } from "../event/run-state.ts";

/** Whoever shows a run while it runs. Nothing here throws, and nobody waits for it but a question and the end. */
export interface View {
  onEvent(event: RunEvent & { readonly at?: string }): void;
  /** What earlier turns brought about; said before the first event of this one. */
  before?(state: RunState): void;
  /** Clears the place for a question. Resolves when nothing is drawn any more, and what was typed until then is thrown away. */
  suspend(): Promise<void>;
  resume(): void;
  /** Shows what is left, and leaves the terminal as it was found. */
  close(): Promise<void>;
}
