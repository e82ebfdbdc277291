import type { PassingEvent } from "../event/event.ts";
import type { Durable } from "../journal/durable.ts";
import type { ContextSource } from "../look/contexts.ts";
import type { World } from "../look/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Answerer } from "./questions.ts";

/** Everything that the steps of one turn at a run share. */
export interface Session extends World {
  readonly runbook: Runbook;
  readonly durable: Durable;
  readonly answerer: Answerer;
  readonly source: ContextSource;
  readonly run: RunFacts;
  /** 1 for the process that started the run, 2 for the first that resumed it, … */
  readonly turn: number;
  /** Keys of attempts that earlier turns began, and of which no end is recorded. */
  readonly unfinished: readonly string[];
  readonly folders: { readonly logs: string; readonly trash: string };
  readonly stops: Stops;
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
