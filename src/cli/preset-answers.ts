import type { Answerer, DeadlineRuling, Ruling, UndoRuling } from "../execute/questions.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { checker } from "../schema/check.ts";
import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import { CommandFailure, exit } from "./exit.ts";
import { byStep, pairs, splitAnswer } from "./preset-keys.ts";

/** Answers that were given on the command line, before the questions. */
export interface AnswerOptions {
  readonly yes?: boolean;
  /** STEP=TEXT: agrees to a typed confirmation. */
  readonly confirm?: readonly string[];
  /** STEP=run-again|done|skip|undo-step|undo-run|leave, deadline.NAME=continue|stop|undo. */
  readonly decide?: readonly string[];
  readonly why?: string;
  readonly evidence?: string;
  /** STEP=JSON: the result of a step that was done by hand. */
  readonly result?: readonly string[];
  /** STEP.NAME=VALUE: what a manual step asks for. */
  readonly answer?: readonly string[];
  /** What becomes of processes that outlived an earlier turn. */
  readonly orphans?: "wait" | "end";
}

export interface PresetAnswerer extends Answerer {
  /** What was decided on the command line, as it was written, and nobody asked for until now. */
  unasked(): readonly string[];
}

/**
 * Answers from the command line first, then whoever is there. `--yes` agrees to plain confirmations only; a typed one
 * wants `--confirm STEP=TEXT`. A step is named by its address, or by an id that only one step has.
 */
export function presetAnswers(
  options: AnswerOptions,
  user: string,
  next: Answerer,
  say: (line: string) => void,
  runbook?: Runbook,
): PresetAnswerer {
  const confirms = byStep(runbook, pairs("confirm", options.confirm));
  const { rulings, deadlines } = readDecisions(options, user, runbook);
  const asked = answersByStep(options, runbook);
  // A ruling is for the doubt that its author saw; a second one is a new question.
  const used = new Set<string>();
  const heard = new Set<string>();
  const rulingFor = (step: string): Decision | undefined => {
    const ruling = used.has(step) ? undefined : rulings.get(step);
    if (ruling) used.add(step);
    heard.add(`decide ${rulings.keyOf(step)}`);
    return ruling;
  };
  return {
    unasked() {
      const given = [
        ...[...pairs("confirm", options.confirm)].map(([key, text]) => ["confirm", key, text] as const),
        ...[...pairs("decide", options.decide)].map(([key, text]) => ["decide", key, text] as const),
        ...[...pairs("answer", options.answer)].map(([key, text]) => ["answer", key, text] as const),
      ];
      return given.flatMap(([option, key, text]) =>
        heard.has(`${option} ${option === "answer" ? splitAnswer(key)[0] : key}`)
          ? []
          : [`--${option} ${key}${option === "decide" ? `=${text}` : ""}`],
      );
    },
    async confirm(question) {
      const agreed = { by: user, via: "option" as const };
      const text = confirms.get(question.step);
      heard.add(`confirm ${confirms.keyOf(question.step)}`);
      if (question.type !== undefined && text === question.type) return agreed;
      if (question.type !== undefined && text !== undefined) {
        say(`--confirm ${question.step}: that is not the text that the step wants typed`);
        return undefined;
      }
      if (options.yes && question.type === undefined) return agreed;
      return next.confirm(question);
    },
    async rule(question) {
      const ruling = rulingFor(question.step);
      if (!ruling) return next.rule(question);
      const fits = ruling.decision !== "leave" && allowed(question, ruling.decision);
      if (fits) return ruling as Ruling;
      say(`--decide ${question.step}=${ruling.decision}: that can't be decided for this step as it stands`);
      return undefined;
    },
    async manual(question) {
      const values: { [name: string]: Json } = {};
      const answers = asked.get(question.step);
      heard.add(`answer ${asked.keyOf(question.step)}`);
      for (const ask of question.asks) {
        const text = answers?.get(ask.name);
        if (text === undefined) {
          if (ask.optional && answers) continue;
          return next.manual(question);
        }
        const value = answerValue(ask.schema, text);
        const problem = (await checker(`ask ${JSON.stringify(ask.schema)}`, ask.schema))(value)[0];
        if (problem) {
          say(`--answer ${question.step}.${ask.name}: that does not fit what the step asks for`);
          return undefined;
        }
        values[ask.name] = value;
      }
      return { by: user, values };
    },
    async deadline(question) {
      const ruling = deadlines.get(question.deadline);
      heard.add(`decide ${deadlineKey}${question.deadline}`);
      if (!ruling) return question.beforehand ? undefined : next.deadline(question);
      if (ruling.decision !== "undo" || question.canUndoRun) return ruling;
      say(`--decide deadline.${question.deadline}=undo: the run has no change that can be undone`);
      return undefined;
    },
    async undo(question) {
      const ruling = rulingFor(question.step);
      if (!ruling) return next.undo(question);
      if (["run-again", "leave", "done-by-hand"].includes(ruling.decision)) return ruling as UndoRuling;
      say(`--decide ${question.step}=${ruling.decision}: about its undoing, a decision is run-again, leave or done`);
      return undefined;
    },
    async undoBefore(step) {
      const told = rulings.get(step)?.decision;
      if (told !== "leave" && told !== "done-by-hand") return undefined;
      return rulingFor(step) as UndoRuling | undefined;
    },
    async orphans(question) {
      return options.orphans ?? next.orphans(question);
    },
  };
}

/** What is not offered at a prompt is not decided from the command line either. */
function allowed(
  { canSkip, canUndoStep, canUndoRun }: Parameters<Answerer["rule"]>[0],
  decision: Decision["decision"],
): boolean {
  if (decision === "skip") return canSkip;
  if (decision === "undo-step") return canUndoStep;
  if (decision === "undo-run") return canUndoRun;
  return true;
}

/** The answers to a step's questions, by their names. */
function answersByStep(options: AnswerOptions, runbook: Runbook | undefined) {
  const answers = new Map<string, Map<string, string>>();
  for (const [key, text] of pairs("answer", options.answer)) {
    const [step, name] = splitAnswer(key);
    answers.set(step, (answers.get(step) ?? new Map<string, string>()).set(name, text));
  }
  return byStep(runbook, answers);
}

/** What a text on the command line means as an answer. */
export function answerValue(schema: Schema, text: string): Json {
  return schema.type === "string" ? text : parse(text);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

type Decision = Exclude<Ruling, { decision: "look-again" }> | UndoRuling;

const deadlineKey = "deadline.";
const ways = "run-again, done, skip, undo-step, undo-run or leave";

function readDecisions(options: AnswerOptions, by: string, runbook: Runbook | undefined) {
  const results = byStep(runbook, pairs("result", options.result));
  const rulings = new Map<string, Decision>();
  const deadlines = new Map<string, DeadlineRuling>();
  const why = options.why?.trim() ? { why: options.why } : {};
  for (const [key, decision] of pairs("decide", options.decide)) {
    if (key.startsWith(deadlineKey)) {
      if (decision !== "continue" && decision !== "stop" && decision !== "undo")
        throw new CommandFailure(
          exit.wrongInput,
          `--decide ${key}=${decision}: about a deadline, a decision is continue, stop or undo`,
        );
      deadlines.set(key.slice(deadlineKey.length), { decision, by, ...why, via: "option" });
    } else rulings.set(key, stepDecision(key, decision, options, by, results.get(key)));
  }
  return { rulings: byStep(runbook, rulings), deadlines };
}

function stepDecision(
  step: string,
  decision: string,
  options: AnswerOptions,
  by: string,
  result: string | undefined,
): Decision {
  switch (decision) {
    case "run-again":
      return { decision, by, via: "option" };
    case "undo-step":
    case "undo-run":
      return { decision, by, ...(options.why?.trim() ? { why: options.why } : {}), via: "option" };
    case "skip":
    case "leave":
      return { decision, by, why: needed("why", options.why), via: "option" };
    case "done":
      return {
        decision: "done-by-hand",
        by,
        why: needed("why", options.why),
        evidence: needed("evidence", options.evidence),
        ...(result === undefined ? {} : { result: parse(result) }),
        via: "option",
      };
    default:
      throw new CommandFailure(exit.wrongInput, `--decide ${step}=${decision}: a decision is ${ways}`);
  }
}

function needed(option: string, value: string | undefined): string {
  if (value?.trim()) return value;
  throw new CommandFailure(exit.wrongInput, `this decision wants --${option}: it is kept in the journal`);
}

/** Where nobody is there, every answer is: stop. Processes that still work are waited for. */
export const nobody: Answerer = {
  confirm: async () => undefined,
  rule: async () => undefined,
  manual: async () => undefined,
  deadline: async () => undefined,
  undo: async () => undefined,
  orphans: async () => "wait",
};
