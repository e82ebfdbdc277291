import type { Schema, Typed } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import type {
  AssertContext,
  ChangeContext,
  ManualContext,
  PollContext,
  ProbeContext,
  ReadContext,
  UndoContext,
} from "./context.ts";
import type { Inspection } from "./inspection.ts";

/** What every action says of itself. `In` and `Out` are the TypeScript types of its two schemas. */
interface Described {
  /** `system.verb`, or one word for what the language itself offers. */
  readonly name: string;
  /** One line, in the imperative: "Copy a file or folder". */
  readonly summary: string;
  /** Markdown for the docs: what it guarantees, what it refuses, what to watch out for. */
  readonly description?: string;
  /** A `with:` block for the docs, in YAML. It is checked by a test. */
  readonly example: string;
  /** Input keys that hold paths: relative ones are made absolute when the run starts, so that a resume elsewhere means the same. */
  readonly paths?: readonly string[];
  /** Those of `paths` whose things it leaves as they are: where a copy is made from. */
  readonly onlyReads?: readonly string[];
  /** The kinds of connections that it can stand `on`; none when absent. */
  readonly on?: readonly string[];
  /** It works on nothing but a connection. */
  readonly needsConnection?: true;
}

interface Reads<In, Out> extends Described {
  run(input: In, context: ReadContext): Promise<Out>;
}

interface Changes<In, Out, Captured> extends Described {
  /** Safe to run again when its outcome is unknown: a second run ends in the same world as one run. */
  readonly repeatable: boolean;
  /**
   * What it starts outlives belay, and it remembers a handle before it starts anything. A step in doubt is run again by
   * the engine, and attaches to what was started; unless it has forgotten the handle (remembered null).
   */
  readonly reattaches?: true;
  /** True for an input that only looks by itself (an http GET). */
  reads?(input: In): boolean;
  /** How its undo puts things back, in a short phrase ("moves it back"); absent where it can't be undone. */
  readonly undoes?: string;
  inspect?(input: In, context: ReadContext): Promise<Inspection<Out>>;
  /** What undo will need. It is in the journal before `run` begins. */
  capture?(input: In, context: ReadContext): Promise<Captured>;
  run(input: In, context: ChangeContext): Promise<Out>;
  /**
   * Puts back what was captured. Safe to repeat, also after it was killed half-way, and safe where `run` was killed
   * half-way or never began. Throws ActionFailure, and touches nothing, where the world is not as the step left it.
   */
  undo?(captured: Captured, context: UndoContext<In>): Promise<void>;
}

/** A change that the author may vouch for with `reads: true` (exec, shell, http): then `probe` runs, which has nothing to write with. */
interface Probes<In, Out, Captured> extends Changes<In, Out, Captured> {
  /** Looks; whatever it finds is an answer (any exit code, any HTTP status). */
  probe(input: In, context: ProbeContext): Promise<Out>;
  /**
   * Throws ActionFailure when what `probe` found is not what a step wants. The engine calls it after `probe` when that
   * runs as a step, not when it runs as a check; `run` judges by itself.
   */
  judge?(input: In, result: Out): void;
}

interface AsksPerson<In, Out> extends Described {
  run(input: In, context: ManualContext): Promise<Out>;
}

interface Polls<In, Out> extends Described {
  run(input: In, context: PollContext): Promise<Out>;
}

interface Asserts<In, Out> extends Described {
  run(input: In, context: AssertContext): Promise<Out>;
}

interface Schemas {
  readonly input: Schema;
  readonly result: Schema;
}

/** Looks, and changes nothing: may run in `plan`, in preflight, as a check, and again on resume. */
export type ReadAction = Reads<Json, Json> & Schemas & { readonly effect: "read" };
/** Changes the world. */
export type ChangeAction = Changes<Json, Json, Json> &
  Partial<Pick<Probes<Json, Json, Json>, "probe" | "judge">> &
  Schemas & { readonly effect: "change" };
/** A person acts or decides. */
export type ManualAction = AsksPerson<Json, Json> & Schemas & { readonly effect: "manual" };
/** Polls another read action (`wait`). */
export type PollAction = Polls<Json, Json> & Schemas & { readonly effect: "poll" };
/** Judges expressions (`assert`). */
export type AssertAction = Asserts<Json, Json> & Schemas & { readonly effect: "assert" };

/** An action as the engine sees it: inputs and results are JSON that was checked against the schemas. */
export type Action = ReadAction | ChangeAction | ManualAction | PollAction | AssertAction;

// The erased types are what the engine holds; each define function checks an action against its own schemas first.

export function defineRead<const I extends Schema, const R extends Schema>(
  action: Reads<Typed<I>, Typed<R>> & { readonly input: I; readonly result: R },
): ReadAction {
  return { effect: "read", ...action } as unknown as ReadAction;
}

export function defineChange<const I extends Schema, const R extends Schema, C extends Json = Json>(
  action: Changes<Typed<I>, Typed<R>, C> & { readonly input: I; readonly result: R },
): ChangeAction {
  return { effect: "change", ...action } as unknown as ChangeAction;
}

export function defineVouchable<const I extends Schema, const R extends Schema, C extends Json = Json>(
  action: Probes<Typed<I>, Typed<R>, C> & { readonly input: I; readonly result: R },
): ChangeAction {
  return { effect: "change", ...action } as unknown as ChangeAction;
}

export function defineManual<const I extends Schema, const R extends Schema>(
  action: AsksPerson<Typed<I>, Typed<R>> & { readonly input: I; readonly result: R },
): ManualAction {
  return { effect: "manual", ...action } as unknown as ManualAction;
}

export function definePoll<const I extends Schema, const R extends Schema>(
  action: Polls<Typed<I>, Typed<R>> & { readonly input: I; readonly result: R },
): PollAction {
  return { effect: "poll", ...action } as unknown as PollAction;
}

export function defineAssert<const I extends Schema, const R extends Schema>(
  action: Asserts<Typed<I>, Typed<R>> & { readonly input: I; readonly result: R },
): AssertAction {
  return { effect: "assert", ...action } as unknown as AssertAction;
}
