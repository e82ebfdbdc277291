import type { Schema } from "../schema/define.ts";

const condition = (description: string) => ({ type: ["string", "boolean"], description }) as const;
const duration = (description: string) =>
  ({ type: "string", minLength: 1, description: `${description} Such as \`90s\`, \`30m\`, \`1h30m\`.` }) as const;
const expect = {
  type: ["array", "string", "boolean"],
  minItems: 1,
  items: { type: ["string", "boolean"] },
  description: "What must hold of `result` after the step; each is one expression (or a list of them).",
} as const;

const check = {
  type: "object",
  additionalProperties: false,
  required: ["uses", "done"],
  description:
    "A look at the step's outcome in the world: before the step (is it done already?), after it, and when it is in doubt.",
  properties: {
    uses: { type: "string", description: "A read action, or one that can be vouched for (exec, shell, http)." },
    with: { type: "object", description: "Its input." },
    on: { type: "string", minLength: 1, description: "The connection that it looks at (the step's own, by default)." },
    done: condition("True of `result` when the outcome is there."),
    notDone: condition(
      "True of `result` when nothing of the outcome is there. What is neither is half done. Without it, what is not done is not done.",
    ),
  },
} as const;

const confirm = {
  type: "object",
  additionalProperties: false,
  description: "Asks the operator before the step begins. The default is to stop.",
  properties: {
    message: { type: "string", description: "What is about to happen, with real values." },
    type: { type: "string", minLength: 1, description: "The text that the operator must type." },
    approvers: {
      type: "integer",
      minimum: 1,
      maximum: 20,
      description: "How many people must approve with `belay approve` before the step begins.",
    },
    notBy: {
      type: "string",
      enum: ["operator"],
      description: "Who may not approve: whoever runs the runbook.",
    },
    within: duration("How long approval is waited for; then the run stops."),
  },
} as const;

const retry = {
  type: "object",
  additionalProperties: false,
  required: ["attempts"],
  description: "Tries again when the step fails. A step in doubt is never tried again by itself.",
  properties: {
    attempts: { type: "integer", minimum: 1, maximum: 100, description: "How often it is tried in all." },
    delay: duration("The pause before the second attempt (default 5s)."),
    backoff: {
      type: "number",
      minimum: 1,
      maximum: 10,
      description: "What each further pause is multiplied by (default 1).",
    },
    if: condition("Only when this is true of `error` (its `message`) and of `result` where there is one."),
  },
} as const;

const undo = {
  type: ["object", "string"],
  additionalProperties: false,
  description: "How the step is undone, instead of the action's own way. Runs with the step's `result`.",
  properties: {
    uses: { type: "string", description: "The action that undoes it." },
    with: { type: "object", description: "Its input." },
    on: { type: "string", minLength: 1, description: "The connection that it works on (the step's own, by default)." },
    timeout: duration("After that it is ended."),
    repeatable: {
      type: "boolean",
      description: "Your word that it may run twice: after a kill it runs again, and nobody is asked.",
    },
    none: { type: "string", minLength: 1, description: "It can't be undone, for this reason." },
    notNeeded: { type: "string", minLength: 1, description: "There is nothing to take back, for this reason." },
  },
} as const;

/** A step, a group of steps (`steps`), or another runbook (`uses: runbook`). */
export const stepSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: {
    id: {
      type: "string",
      pattern: "^[a-z][a-z0-9_]*$",
      maxLength: 64,
      description: "Its name in expressions, journal and command line: snake_case, unique in the runbook.",
    },
    title: { type: "string", minLength: 1, description: "What it does, for a person." },
    notes: { type: "string", description: "Why it is done, and done this way." },
    uses: { type: "string", description: "The action, or `runbook` for another runbook." },
    with: { type: "object", description: "The action's input." },
    on: { type: "string", minLength: 1, description: "The connection that it works on; this machine without one." },
    when: condition("The step is skipped unless this is true."),
    check,
    expect,
    confirm,
    retry,
    timeout: duration("After that the step is ended."),
    reads: { type: "boolean", description: "The author's word that an exec, shell or http step only looks." },
    repeatable: {
      type: "boolean",
      description: "The author's word that running it again, when nobody knows whether it ran, does no harm.",
    },
    onFailure: {
      type: "string",
      enum: ["stop", "continue", "undo"],
      description: "What the run does when the step fails (default stop); `undo` undoes the whole run.",
    },
    expectedDuration: duration("How long it usually takes."),
    once: {
      type: "boolean",
      description: "Preflight only: makes sense only before the first change, so it is not repeated on resume.",
    },
    undo,
    forEach: {
      type: ["array", "string"],
      description: "Repeats the step or group for each item of a list: `each.value`, `each.key`, `each.index`.",
    },
    key: { type: "string", minLength: 1, description: "The name of an instance; its item by default." },
    concurrency: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "How many instances, or steps of a parallel group, run at the same time (1, or all of a group).",
    },
    maxFailures: { type: "integer", minimum: 0, description: "How many instances may fail (default 0)." },
    steps: {
      type: "array",
      minItems: 1,
      items: { type: "object" },
      description: "A group: steps that belong together.",
    },
    parallel: { type: "boolean", description: "Runs the steps of a group at the same time." },
  },
} as const satisfies Schema;

const valueKeys = {
  description: { type: "string", description: "What it is, for the person who is asked." },
  default: { description: "Its value when none is given." },
  optional: { type: "boolean", description: "May be missing; it is null then." },
  enum: { type: "array", minItems: 1, description: "The values it may have." },
  pattern: { type: "string", description: "A regular expression that it must match." },
  minLength: { type: "integer", minimum: 0, description: "Its shortest length." },
  maxLength: { type: "integer", minimum: 0, description: "Its greatest length." },
  minimum: { type: "number", description: "Its smallest value." },
  maximum: { type: "number", description: "Its greatest value." },
  minItems: { type: "integer", minimum: 0, description: "The fewest items." },
  maxItems: { type: "integer", minimum: 0, description: "The most items." },
  items: { type: "object", description: "A JSON Schema that each item must fit." },
  properties: { type: "object", description: "JSON Schemas of an object's keys." },
  required: { type: "array", items: { type: "string" }, description: "The keys that an object must have." },
} as const;

const secret = {
  type: "object",
  additionalProperties: false,
  properties: {
    env: { type: "string", minLength: 1, description: "An environment variable." },
    file: { type: "string", minLength: 1, description: "A file that holds nothing else." },
    command: {
      type: "array",
      minItems: 1,
      items: { type: "string" },
      description: "A program and its arguments; it prints the value.",
    },
    prompt: { type: "string", minLength: 1, description: "Asks the operator, with this text." },
    optional: { type: "boolean", description: "May be missing; it is null then." },
    description: { type: "string", description: "What it is." },
  },
} as const;

const deadline = {
  type: "object",
  additionalProperties: false,
  required: ["start", "within"],
  properties: {
    start: { type: "string", description: "The step whose beginning starts the clock." },
    end: { type: "string", description: "The step whose end stops it; the run's end by default." },
    within: duration("The limit."),
    warnAt: duration("When to warn, from the start."),
    atLimit: {
      type: "string",
      enum: ["ask", "stop", "continue", "undo"],
      description: "What happens when the limit is over, before the next step (default ask).",
    },
    message: { type: "string", description: "What it means, for the person who is asked." },
  },
} as const;

const steps = (description: string) => ({ type: "array", items: stepSchema, description }) as const;

export const inputTypes = [
  "string",
  "integer",
  "number",
  "boolean",
  "path",
  "duration",
  "timestamp",
  "list",
  "object",
] as const;

/** The envelope of a runbook, version 1. What stands in `with` is checked against the action's own schema afterwards. */
export const runbookSchema = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "name", "title", "steps"],
  properties: {
    apiVersion: { type: "string", enum: ["belay/v1"], description: "The version of the language." },
    name: {
      type: "string",
      pattern: "^[a-z0-9][a-z0-9.-]*$",
      maxLength: 100,
      description: "Its name on the command line.",
    },
    version: { type: "string", minLength: 1, description: "The runbook's own version." },
    title: { type: "string", minLength: 1, description: "What it does, in one line." },
    description: { type: "string", description: "Why, when, and what it does not do." },
    source: { type: "string", description: "Where the procedure comes from." },
    inputs: {
      type: "object",
      description: "What the operator gives.",
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        required: ["type"],
        properties: { type: { type: "string", enum: inputTypes, description: "Its type." }, ...valueKeys },
      },
    },
    secrets: {
      type: "object",
      description: "References to secrets: one of `env`, `file`, `command` and `prompt` each.",
      additionalProperties: secret,
    },
    connections: {
      type: "object",
      description: "Named systems: one kind each, such as `host`.",
      additionalProperties: { type: "object", minProperties: 1, maxProperties: 1 },
    },
    deadlines: {
      type: "object",
      description: "Limits over several steps.",
      additionalProperties: deadline,
    },
    recoveryPoint: {
      type: "object",
      additionalProperties: false,
      required: ["at"],
      description: "The age of what is restored; shown before the first confirmation of a change.",
      properties: {
        at: { type: "string", description: "The time of the backup: one expression that gives a timestamp." },
        within: duration("The most that may be lost (RPO)."),
      },
    },
    preflight: steps("Looks that must hold before anything is changed. Also run by `plan`, and again on every resume."),
    steps: { ...steps("The procedure."), minItems: 1 },
    finally: steps("Run when the run ends, however it ends; not when it pauses."),
    outputs: { type: "object", description: "What the run hands on, by name." },
  },
} as const satisfies Schema;
