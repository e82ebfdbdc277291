import type { Schema } from "../schema/define.ts";

const text = (description: string) => ({ type: "string", description }) as const;
const count = (description: string) => ({ type: "integer", description, minimum: 0 }) as const;
const json = (description: string) => ({ description }) as const;
const list = (description: string) => ({ type: "array", items: { type: "string" }, description }) as const;

const stepKeys = {
  step: text("The step's id."),
  key: text("This attempt of the step, such as `load#2`."),
} as const;

const person = {
  type: "object",
  additionalProperties: false,
  required: ["user", "host", "pid"],
  properties: {
    user: text("The operator's login name."),
    host: text("The machine that belay ran on."),
    pid: { type: "integer", description: "Process id of belay." },
  },
} as const;

const program = {
  type: "object",
  additionalProperties: false,
  required: ["belay", "node"],
  properties: { belay: text("Version of belay."), node: text("Version of Node.") },
} as const;

const section = {
  type: "string",
  enum: ["preflight", "steps", "finally"],
  description: "The part of the runbook.",
} as const;

function event<const R extends readonly string[], const P extends { readonly [key: string]: Schema }>(
  description: string,
  required: R,
  properties: P,
) {
  return { type: "object", description, additionalProperties: false, required, properties } as const;
}

/** What is kept in the journal: one record each. */
export const journalEvents = {
  "run-started": event("A run began.", ["run", "runbook", "inputs", "attempt", "operator", "program", "cwd"], {
    run: text("The run's id."),
    runbook: {
      type: "object",
      additionalProperties: false,
      required: ["name", "version", "title", "file", "digest"],
      properties: {
        name: text("Its name."),
        version: text("Its version."),
        title: text("Its title."),
        file: text("The file it was read from, as an absolute path."),
        digest: text("SHA-256 of its text."),
      },
    },
    inputs: { type: "object", description: "The inputs' values." },
    attempt: text("This process's turn at the run; a resume has another."),
    operator: person,
    program,
    cwd: text("The folder that relative paths are below."),
    plan: text("The digest of the saved plan that was run."),
  }),
  "run-resumed": event("A process went on with the run.", ["attempt", "operator", "program"], {
    attempt: text("This process's turn at the run."),
    operator: person,
    program,
    tookOver: text("Whose lock was taken over, and why that was right."),
  }),
  "step-started": event(
    "A step begins. On disk before the change is.",
    ["step", "key", "section", "attempt", "effect", "input"],
    {
      ...stepKeys,
      section,
      attempt: text("The turn that began it."),
      effect: { type: "string", enum: ["read", "change", "manual"], description: "What the step does to the world." },
      input: json("Its `with`, with all values."),
      captured: json("What undo needs."),
      seen: text("What was looked at just before, and found."),
    },
  ),
  "step-finished": event("A step came to an end.", ["step", "key", "section", "state"], {
    ...stepKeys,
    section,
    state: {
      type: "string",
      enum: ["done", "already-done", "skipped", "failed", "done-by-hand"],
      description: "How it ended.",
    },
    result: json("Its result."),
    message: text("Why, in one sentence."),
    details: list("Further lines."),
    retryable: { type: "boolean", description: "A passing fault: another attempt may succeed." },
    durationMs: count("How long it took, in milliseconds."),
    by: text("Who says so, where a person does."),
    why: text("The person's reason."),
    evidence: text("What the person saw."),
  }),
  "step-in-doubt": event(
    "A step was begun and its outcome is not known.",
    ["step", "key", "section", "begunBy", "message"],
    {
      ...stepKeys,
      section,
      begunBy: text("The turn that began it."),
      message: text("Why it is not known."),
    },
  ),
  "step-interrupted": event("A step was ended before it was through.", ["step", "key", "message"], {
    ...stepKeys,
    message: text("What ended it."),
  }),
  decided: event("What is done about a step that failed or is in doubt.", ["step", "key", "decision", "via"], {
    ...stepKeys,
    decision: { type: "string", enum: ["run-again", "done", "done-by-hand", "skip"], description: "What was decided." },
    via: {
      type: "string",
      enum: ["check", "repeatable", "prompt", "option", "resume"],
      description: "What the decision rests on.",
    },
    seen: text("What was looked at, and found."),
    by: text("Who decided."),
    why: text("The reason."),
    evidence: text("What the person saw."),
    result: json("The result that the person states."),
  }),
  confirmed: event("A person agreed to a step.", ["step", "key", "by", "via"], {
    ...stepKeys,
    by: text("Who."),
    via: {
      type: "string",
      enum: ["prompt", "option"],
      description: "At the prompt, or beforehand on the command line.",
    },
    message: text("What was shown."),
    typed: text("What had to be typed."),
  }),
  remembered: event("A handle that a step stored while it ran.", ["step", "key", "name", "value"], {
    ...stepKeys,
    name: text("Its name."),
    value: json("Its value."),
  }),
  orphans: event("Processes of the run that outlived the belay that started them.", ["found", "decision"], {
    found: list("Process id, step and command of each."),
    decision: { type: "string", enum: ["ended by themselves", "waited", "ended"], description: "What became of them." },
  }),
  "run-paused": event("The run stopped; it can be resumed.", ["reason", "message"], {
    reason: {
      type: "string",
      enum: ["failed", "in-doubt", "waiting", "interrupted", "stopped", "disk-full"],
      description: "Why.",
    },
    step: text("The step it stopped at."),
    message: text("One sentence."),
  }),
  "run-finished": event("The run is over.", ["state"], {
    state: { type: "string", enum: ["done", "abandoned"], description: "How." },
    why: text("The reason, where it was given up."),
    by: text("Who gave it up."),
    outputs: { type: "object", description: "The runbook's outputs." },
  }),
} as const;

/** What is only told to whoever watches. */
export const passingEvents = {
  output: event("The last lines of what a step's program printed.", ["step", "key", "lines"], {
    ...stepKeys,
    lines: list("At most three."),
  }),
  progress: event("How far a step is.", ["step", "key", "done", "unit"], {
    ...stepKeys,
    done: { type: "number", description: "So much is through." },
    total: { type: "number", description: "Of so much, where that is known." },
    unit: { type: "string", enum: ["bytes", "files", "items"], description: "Of what." },
  }),
  note: event("One line about what a step is waiting for or doing.", ["step", "key", "line"], {
    ...stepKeys,
    line: text("The line."),
  }),
  retrying: event("A step failed and is tried again.", ["step", "key", "inMs", "attempt", "attempts", "message"], {
    ...stepKeys,
    inMs: count("After so many milliseconds."),
    attempt: count("The number of the coming attempt."),
    attempts: count("How many there may be."),
    message: text("Why the last one failed."),
  }),
  ended: event("This turn at the run is over; always the last line.", ["state", "exitCode", "message"], {
    state: { type: "string", enum: ["done", "abandoned", "paused"], description: "How." },
    exitCode: count("What belay exits with."),
    message: text("One sentence."),
    step: text("The step it stopped at."),
  }),
  pausing: event("The run will stop after the step at hand.", ["message"], { message: text("Who asked for it.") }),
} as const;
