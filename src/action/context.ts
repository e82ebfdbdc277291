import type { Json } from "../schema/json.ts";
import type { Files, ReadFiles } from "./files.ts";
import type { Processes } from "./processes.ts";
import type { Answers, Question } from "./question.ts";

/** How far a step is. `done` and `total` in `unit`s; no total when it is not known. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: "bytes" | "files" | "items";
}

/** What every part of an action gets: enough to look, nothing to write with. */
export interface ReadContext {
  readonly run: { readonly id: string; readonly startedAt: string };
  /** `key` names this attempt, such as `load#2`. */
  readonly step: { readonly id: string; readonly key: string };
  /** Those of the machine that the step works on. */
  readonly files: ReadFiles;
  /** The connection that the step stands on; its client's type is the kind's. */
  readonly connection?: { readonly name: string; readonly client: unknown };
  /** What `capture` recorded when an earlier attempt of this step began; absent on the first. */
  readonly captured?: Json;
  /** Aborted when the step must end: time-out, a second Ctrl-C, a lost run. */
  readonly signal: AbortSignal;
  /** Absolute form of a path: relative ones are below the folder in which the run was started, `~` is the home folder. */
  resolvePath(path: string): string;
  progress(progress: Progress): void;
  /** One line for the person who watches ("waiting for port 9443: refused"). Not kept in the journal. */
  note(line: string): void;
}

/** What the doing part of an action gets. */
export interface ChangeContext extends ReadContext {
  readonly files: Files;
  readonly processes: Processes;
  /** Stores a handle durably in the middle of a step (the id of an operation that was started, say); null forgets it. On disk when it resolves. */
  remember(name: string, value: Json): Promise<void>;
  /** What `remember` stored in this or an earlier, interrupted attempt of the step. */
  recall(name: string): Json | undefined;
  /** Whether the end of an attempt (`load#1`) is on record: what it started is over, and a new attempt starts anew. */
  ended(key: string): boolean;
}

/** What undo gets: the context of the step that is undone, so its trash and what it remembered, and what it was told. */
export interface UndoContext<In = Json> extends ChangeContext {
  readonly input: In;
  /** How the step ended, where that is known. */
  readonly result?: Json;
}

/** What a vouched read (`exec` with `reads: true`) gets: it may start programs, and write nothing itself. */
export interface ProbeContext extends ReadContext {
  readonly processes: Processes;
}

/** What `manual` gets: a way to ask the person at the keyboard. */
export interface ManualContext extends ReadContext {
  ask(question: Question): Promise<Answers>;
}

/** One look of `wait` at the world, made by the engine: the nested read, and what the two expressions said of it. */
export interface Look {
  readonly result: Json;
  readonly until: boolean;
  readonly failIf: boolean;
  /** What was seen, in one line; also when the look itself failed. */
  readonly seen: string;
  readonly failed: boolean;
}

/** What `wait` gets. */
export interface PollContext extends ReadContext {
  look(): Promise<Look>;
}

/** What `assert` gets: the expressions as they are written. */
export interface AssertContext extends ReadContext {
  /** The step's `with` before its expressions were evaluated. */
  readonly written: Json;
}
