import type { Json, JsonObject } from "../schema/json.ts";
import type { EventOf } from "./event.ts";

export type StepStatus =
  | "pending"
  | "running"
  | "done"
  | "already-done"
  | "skipped"
  | "failed"
  | "in-doubt"
  | "done-by-hand"
  | "undone";

/** How the undoing of a step stands. */
export type UndoStatus = "running" | "in-doubt" | EventOf<"undo-finished">["state"];

export interface UndoState {
  status: UndoStatus;
  key: string;
  tries: number;
  startedAt?: string;
  endedAt?: string;
  durationMs?: number;
  input?: Json;
  message?: string;
  details?: readonly string[];
  by?: string;
  why?: string;
  evidence?: string;
  /** The logs of its programs, by name. */
  output?: NonNullable<EventOf<"undo-finished">["output"]>;
}

/** A step's wait for other people. */
export interface ApprovalState {
  readonly key: string;
  readonly message: string;
  readonly approvers: number;
  readonly digest: string;
  readonly until?: string;
  state: "waiting" | "approved" | "rejected" | "expired";
  readonly by: { readonly by: string; readonly decidedAt: string; readonly why?: string }[];
}

/**
 * What is known of one step, one instance of a repeated step, or one group. Times are ISO 8601, UTC.
 * `id` is its address: `load`, `sites[eu]/stop`, `db/load`.
 */
export interface StepState {
  readonly id: string;
  status: StepStatus;
  key: string;
  section?: EventOf<"step-started">["section"];
  tries: number;
  /** 1, and one more each time that the run was taken back to before it. */
  round: number;
  /** It failed, and the run goes on without the instance that it belongs to. */
  givenUp?: boolean;
  /** Its place among all starts of the run: undo goes backwards by it. */
  order: number;
  /** When its first attempt began. */
  begunAt?: string;
  startedAt?: string;
  endedAt?: string;
  durationMs?: number;
  /** What the attempt does to the world, once it began. */
  effect?: EventOf<"step-started">["effect"];
  /** A change can't be undone. */
  noReturn?: boolean;
  connection?: string;
  /** What it is called, where its title has an expression in it. */
  title?: string;
  input?: Json;
  result?: Json;
  message?: string;
  details?: readonly string[];
  by?: string;
  why?: string;
  evidence?: string;
  output?: { readonly [name: string]: { readonly bytes: number; readonly sha256: string } };
  /** What undo needs, from the first attempt that captured it. */
  captured?: Json;
  /** The next attempt has another input: what it captures and remembers is its own. */
  renewed?: boolean;
  /** Attempts with other inputs, before the run went on with another text: undo goes through them backwards, too. */
  earlier?: {
    readonly key: string;
    readonly input?: Json;
    readonly captured?: Json;
    readonly remembered: Map<string, Json>;
  }[];
  remembered: Map<string, Json>;
  /** Of a group: its instances, and the inputs of an included runbook. */
  group?: { readonly instances?: EventOf<"group-started">["instances"]; readonly inputs?: JsonObject };
  undo?: UndoState;
  approval?: ApprovalState;
}

export type RunStatus =
  | "running"
  | "failed"
  | "in-doubt"
  | "waiting"
  | "interrupted"
  | "stopped"
  | "disk-full"
  | "refused"
  | "rewound"
  | "done"
  | "abandoned"
  | "undone";

/** One process's work at a run. */
export interface TurnState {
  readonly at: string;
  readonly attempt: string;
  readonly operator: EventOf<"run-started">["operator"];
  readonly program: EventOf<"run-started">["program"];
  readonly tookOver?: string;
  readonly differs?: readonly string[];
  /** Its last word; of one that was killed, the last that was heard of it. */
  endedAt?: string;
}

export interface DeadlineState {
  readonly startedAt: string;
  readonly limitAt: string;
  warnedAt?: string;
  passedAt?: string;
  decision?: EventOf<"deadline-decided">["decision"];
  by?: string;
}

export type ConnectionState = Omit<EventOf<"connected">, "type" | "connection">;
export type IncludedState = NonNullable<EventOf<"run-started">["included"]>[number];

/** What is known of a run: nothing but a fold over its events. */
export interface RunState {
  started?: EventOf<"run-started"> & { readonly at: string };
  status: RunStatus;
  /** The turn at work, or the last one. */
  attempt: string;
  inputs: JsonObject;
  steps: Map<string, StepState>;
  turns: number;
  /** Every turn, in order. */
  turnList: TurnState[];
  /** The text that the run goes by now, and those that it includes. */
  runbook?: { readonly file: string; readonly version: string; readonly digest: string };
  included: readonly IncludedState[];
  adopted: (EventOf<"adopted"> & { readonly at: string })[];
  environment?: Json;
  connections: Map<string, ConnectionState>;
  deadlines: Map<string, DeadlineState>;
  /** It was over before a turn that was to undo it, and that turn has not begun to: nothing else goes on with it. */
  over?: "done" | "abandoned";
  /** The run is being undone, or was. */
  undo?: EventOf<"undo-begun"> & { readonly at: string };
  /** Changes that stayed when the run was taken back to before them: they may be made a second time. */
  kept: { readonly id: string; readonly round: number; readonly why: string }[];
  starts: number;
  lastAt?: string;
  endedAt?: string;
  /** When its steps were through, also where it is being undone since. */
  doneAt?: string;
  message?: string;
  /** Changes that stayed when the run was undone. */
  left?: readonly string[];
  /** What the run handed on, once it is done. */
  outputs?: JsonObject;
}

export function emptyRunState(): RunState {
  return {
    status: "running",
    attempt: "",
    inputs: {},
    steps: new Map(),
    turns: 0,
    turnList: [],
    included: [],
    adopted: [],
    connections: new Map(),
    deadlines: new Map(),
    kept: [],
    starts: 0,
  };
}
