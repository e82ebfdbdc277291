import type { JournalEvent } from "../../event/event.ts";
import type { RunStatus, StepStatus, TurnState, UndoState } from "../../event/run-state.ts";
import type { PlannedState } from "../../plan/plan.ts";
import type { Section } from "../../runbook/runbook.ts";
import type { Json, JsonObject } from "../../schema/json.ts";

/** A record of the journal, as a report reads it. */
export interface ReportRecord {
  readonly seq: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly hash: string;
  readonly event: JournalEvent;
}

/** Something that was said of a step besides its attempts: who agreed, what was doubted, what was decided. */
export interface ReportNote {
  readonly seq: number;
  readonly at: string;
  readonly event: JournalEvent;
}

export interface ReportAttempt {
  readonly key: string;
  /** The records of its beginning and its end. */
  readonly begunSeq?: number;
  readonly endSeq?: number;
  /** 1 for the process that started the run. */
  readonly turn?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly state: StepStatus;
  readonly seen?: string;
  readonly message?: string;
  readonly details?: readonly string[];
  readonly input?: Json;
  readonly result?: Json;
  /** Its logs, by name: length and SHA-256. */
  readonly output?: { readonly [name: string]: { readonly bytes: number; readonly sha256: string } };
}

/** A step, an instance of a repeated one, or a group, in one round of the run. */
export interface ReportStep {
  /** `load`, `sites[eu]/stop`, `db/load`. */
  readonly address: string;
  /** 1; one more each time that the run was taken back to before it. */
  readonly round: number;
  readonly kind: "step" | "group";
  readonly title: string;
  readonly section: Section;
  /** 0 at the top. */
  readonly depth: number;
  /** Its action. */
  readonly uses?: string;
  readonly effect?: "read" | "change" | "manual";
  readonly connection?: string;
  readonly noReturn: boolean;
  /** The parallel group, or the repeated step, that it is a branch of. */
  readonly branchOf?: string;
  readonly status: StepStatus;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Of the attempt that ended it. */
  readonly durationMs?: number;
  readonly expectedMs?: number;
  /** Of a repeated step or group. */
  readonly instances?: number;
  readonly by?: string;
  readonly why?: string;
  readonly evidence?: string;
  readonly attempts: readonly ReportAttempt[];
  readonly notes: readonly ReportNote[];
  readonly undo?: UndoState;
}

export interface ReportPause {
  readonly at: string;
  /** `gone`: belay was killed, or its machine stopped, and nothing was said. */
  readonly reason: string;
  readonly message: string;
  readonly step?: string;
  readonly resumedAt?: string;
}

export interface ReportDeadline {
  readonly name: string;
  readonly startedAt: string;
  readonly limitAt: string;
  readonly endedAt?: string;
  readonly elapsedMs: number;
  readonly withinMs: number;
  /** `running`: its clock goes on, and there is time left. */
  readonly stand: "kept" | "over" | "running";
  readonly warnedAt?: string;
  readonly passedAt?: string;
  readonly decisions: readonly ReportNote[];
}

/** What a plan said of a step, beside what happened. */
export interface ReportPlanRow {
  readonly id: string;
  readonly title: string;
  readonly planned?: PlannedState;
  readonly changes: readonly string[];
  /** How often it ended how. */
  readonly happened: readonly { readonly status: StepStatus; readonly count: number }[];
  readonly durationMs?: number;
  readonly expectedMs?: number;
  readonly difference?: string;
}

/** What was checked of the record when the report was made. */
export interface ReportChain {
  readonly records: number;
  readonly firstHash?: string;
  readonly lastHash?: string;
  /** The chain, the logs, the frozen runbook and the plan are as recorded. */
  readonly verified: boolean;
  /** What was found, a sentence a line. */
  readonly found: readonly string[];
}

/** Everything that a report says. Times are ISO 8601 in UTC, lengths are milliseconds. */
export interface Report {
  readonly kind: "belay-report";
  readonly format: 1;
  readonly madeAt: string;
  readonly madeBy: { readonly belay: string };
  /** IANA name of the local zone that times are also shown in. */
  readonly zone: string;
  readonly run: string;
  readonly title: string;
  readonly drill: boolean;
  readonly status: RunStatus;
  /** Whether all is well, the run is over otherwise, or it is not over. */
  readonly tone: "good" | "bad" | "open";
  /** The result in one sentence. */
  readonly result: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly lastAt?: string;
  /** From its start to its end, or to its last record; and of that, the time in which a process worked on it. */
  readonly durationMs: number;
  readonly workedMs: number;
  readonly cwd?: string;
  readonly target?: { readonly host: string; readonly machine?: string };
  readonly environment?: Json;
  readonly turns: readonly (TurnState & { readonly endedAt: string })[];
  readonly pauses: readonly ReportPause[];
  readonly runbook?: {
    readonly name: string;
    readonly version: string;
    readonly file: string;
    /** SHA-256 of its text, hex. */
    readonly digest: string;
    readonly description?: string;
    readonly included: readonly { readonly name: string; readonly file: string; readonly digest: string }[];
  };
  readonly adopted: readonly ReportNote[];
  readonly inputs: JsonObject;
  readonly outputs?: JsonObject;
  readonly connections: readonly {
    readonly name: string;
    readonly kind: string;
    readonly summary: string;
    readonly facts: Json;
  }[];
  readonly deadlines: readonly ReportDeadline[];
  /** The backup that was restored, and how old it was when somebody first agreed to a change. */
  readonly recoveryPoint?: {
    readonly at: string;
    readonly confirmedAt: string;
    readonly step: string;
    readonly ageMs: number;
  };
  /** `digest` without `rows`: a plan was agreed to, and its file is gone or changed. */
  readonly plan?: {
    /** The recorded one. */
    readonly digest: string;
    /** Its file is not the one that was agreed to. */
    readonly changed?: true;
    readonly madeAt?: string;
    readonly rows?: readonly ReportPlanRow[];
  };
  readonly counts: {
    readonly steps: number;
    readonly changes: number;
    readonly alreadyDone: number;
    readonly skipped: number;
    readonly failed: number;
    readonly inDoubt: number;
    readonly byHand: number;
    readonly undone: number;
  };
  readonly steps: readonly ReportStep[];
  readonly orphans: readonly ReportNote[];
  /** Undoing, and going back to a step. */
  readonly returns: readonly ReportNote[];
  /** Changes that stand although the run was undone or given up. */
  readonly left: readonly string[];
  readonly chain: ReportChain;
  readonly files: { readonly [name: string]: string };
}
