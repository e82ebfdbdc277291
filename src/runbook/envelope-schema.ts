import type { Schema } from "../schema/define.ts";

const condition = (description: string) => ({ type: ["string", "boolean"], description }) as const;
const duration = (description: string) =>
  ({ type: "string", minLength: 1, description: `${description} Such as \`90s\`, \`30m\`, \`1h30m\`.` }) as const;
const reserved = (description: string) =>
  ({ description: `${description} Comes in a later version; refused until then.` }) as const;

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
    approvers: reserved("How many other people must approve."),
    notBy: reserved("Who may not approve."),
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

export const stepSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id", "uses"],
  properties: {
    id: {
      type: "string",
      pattern: "^[a-z][a-z0-9_]*$",
      maxLength: 64,
      description: "Its name in expressions, journal and command line: snake_case, unique in the runbook.",
    },
    title: { type: "string", minLength: 1, description: "What it does, for a person." },
    notes: { type: "string", description: "Why it is done, and done this way." },
    uses: { type: "string", description: "The action." },
    with: { type: "object", description: "The action's input." },
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
      enum: ["stop", "continue"],
      description: "What the run does when the step fails (default stop).",
    },
    expectedDuration: duration("How long it usually takes."),
    once: {
      type: "boolean",
      description: "Preflight only: makes sense only before the first change, so it is not repeated on resume.",
    },
    undo: reserved("How the step is undone."),
    forEach: reserved("Repeats the step over a list."),
    key: reserved("Names the instances of forEach."),
    concurrency: reserved("How many instances run at the same time."),
    maxFailures: reserved("How many instances may fail."),
    steps: reserved("A group of steps."),
    parallel: reserved("Runs a group's steps at the same time."),
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
    secrets: reserved("References to secrets."),
    connections: reserved("Named systems."),
    deadlines: reserved("Limits over several steps."),
    preflight: steps("Looks that must hold before anything is changed. Also run by `plan`, and again on every resume."),
    steps: { ...steps("The procedure."), minItems: 1 },
    finally: steps("Run when the run ends, however it ends; not when it pauses."),
    outputs: { type: "object", description: "What the run hands on, by name." },
  },
} as const satisfies Schema;
