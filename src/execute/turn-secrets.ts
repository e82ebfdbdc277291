import type { Values } from "../look/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Masker } from "../secret/masker.ts";

/** The secrets of a turn, fetched before it begins. */
export interface TurnSecrets {
  /** Those that a runbook declares. The object fills when more are fetched. */
  of(runbook: Runbook): Values["secrets"];
  /** Knows every value that was fetched so far. */
  masker(): Masker;
  /** The same by the names that tokens have (see seal). */
  values(): { readonly [name: string]: string };
  /** The environment variables that secrets are declared to come from, whether they are needed in this turn or not. */
  readonly hideEnv: readonly string[];
  /** Fetches those that finished steps need to be undone. Throws RunPause when one can't be had. */
  fetchForUndo(): Promise<void>;
}
