import type { PassingEvent } from "../event/event.ts";
import type { RunState } from "../event/run-state.ts";
import type { Durable } from "../journal/durable.ts";
import type { ContextSource } from "../look/contexts.ts";
import type { KnownRecoveryPoint } from "../look/recovery-point.ts";
import type { Values, World } from "../look/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Approvals } from "./approvals.ts";
import type { Share } from "./budget.ts";
import type { Halt } from "./halt.ts";
import type { Answerer } from "./questions.ts";

/**
 * Where steps of a run stand: what is inside of a repeated step or an included runbook has a frame of its own, with
 * other values and another prefix. Enough to look, nothing to write with.
 */
export interface Frame extends World {
  readonly runbook: Runbook;
  /** The runbook that was started; `runbook` may be one that it includes. */
  readonly root: Runbook;
  /** What the addresses of this frame's steps begin with: empty, or such as `sites[eu]/`. */
  readonly prefix: string;
  /** What the whole names of this runbook's connections and deadlines begin with. */
  readonly base: string;
  /** Set inside of what `forEach` repeats. */
  readonly share?: Share;
  /** Set inside of what `finally` includes: all of it puts things in order. */
  readonly inFinally?: boolean;
  /** The fold of everything recorded so far. Only read. */
  readonly state: RunState;
  readonly source: Pick<ContextSource, "connections">;
  /** The age of what is restored, as the runbook says that includes this one. */
  readonly recovery?: () => KnownRecoveryPoint | undefined;
  /** The secrets that a runbook declares. */
  secretsOf(runbook: Runbook): Values["secrets"];
}

/** Everything that the steps of one turn at a run share. */
export interface Session extends Frame {
  readonly durable: Durable;
  readonly answerer: Answerer;
  readonly approvals: Approvals;
  readonly source: ContextSource;
  readonly run: RunFacts;
  /** 1 for the process that started the run, 2 for the first that resumed it, … */
  readonly turn: number;
  /** Keys of attempts that earlier turns began, and of which no end is recorded. */
  readonly unfinished: readonly string[];
  readonly folders: { readonly logs: string; readonly trash: string };
  readonly stops: Stops;
  readonly halt: Halt;
  /** Fetches the secrets that only undo needs. */
  secretsForUndo(): Promise<void>;
  emit(event: PassingEvent): void;
}

export interface RunFacts {
  readonly id: string;
  readonly startedAt: string;
  readonly user: string;
  readonly host: string;
}

/** How a person ends a turn. */
export interface Stops {
  /** First Ctrl-C, SIGTERM, SIGHUP: what only looks ends, a change is finished, then the run pauses. */
  readonly pause: AbortSignal;
  /** Second Ctrl-C: the step is ended, and a change is in doubt. */
  readonly now: AbortSignal;
}
