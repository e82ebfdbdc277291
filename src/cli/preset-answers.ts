import type { Answerer, Ruling } from "../execute/questions.ts";
import { checker } from "../schema/check.ts";
import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import { CommandFailure, exit } from "./exit.ts";

/** Answers that were given on the command line, before the questions. */
export interface AnswerOptions {
  readonly yes?: boolean;
  /** STEP=TEXT: agrees to a typed confirmation. */
  readonly confirm?: readonly string[];
  /** STEP=run-again|done|skip. */
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

/** `KEY=VALUE` options by key. */
export function pairs(option: string, given: readonly string[] | undefined): Map<string, string> {
  return new Map(
    (given ?? []).map((one) => {
      const at = one.indexOf("=");
      if (at < 1) throw new CommandFailure(exit.wrongInput, `--${option} wants STEP=…, not ${one}`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

/**
 * Answers from the command line first, then whoever is there. `--yes` agrees to plain confirmations only; a typed one
 * wants `--confirm STEP=TEXT`.
 */
export function presetAnswers(
  options: AnswerOptions,
  user: string,
  next: Answerer,
  say: (line: string) => void,
): Answerer {
  const confirms = pairs("confirm", options.confirm);
  const rulings = readRulings(options, user);
  const answers = pairs("answer", options.answer);
  return {
    async confirm(question) {
      const agreed = { by: user, via: "option" as const };
      const text = confirms.get(question.step);
      if (question.type !== undefined && text === question.type) return agreed;
      if (question.type !== undefined && text !== undefined) {
        say(`--confirm ${question.step}: that is not the text that the step wants typed`);
        return undefined;
      }
      if (options.yes && question.type === undefined) return agreed;
      return next.confirm(question);
    },
    async rule(question) {
      const ruling = rulings.get(question.step);
      if (!ruling) return next.rule(question);
      if (ruling.decision === "skip" && !question.canSkip) return undefined;
      // A ruling is for the doubt that its author saw; a second one is a new question.
      rulings.delete(question.step);
      return ruling;
    },
    async manual(question) {
      const values: { [name: string]: Json } = {};
      for (const ask of question.asks) {
        const text = answers.get(`${question.step}.${ask.name}`);
        if (text === undefined) {
          if (ask.optional && [...answers.keys()].some((key) => key.startsWith(`${question.step}.`))) continue;
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
    async orphans(question) {
      return options.orphans ?? next.orphans(question);
    },
  };
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

function readRulings(options: AnswerOptions, by: string): Map<string, Ruling> {
  const results = pairs("result", options.result);
  const rulings = new Map<string, Ruling>();
  for (const [step, decision] of pairs("decide", options.decide)) {
    if (decision === "run-again") rulings.set(step, { decision, by, via: "option" });
    else if (decision === "skip") rulings.set(step, { decision, by, why: needed("why", options.why), via: "option" });
    else if (decision === "done") {
      const result = results.get(step);
      rulings.set(step, {
        decision: "done-by-hand",
        by,
        why: needed("why", options.why),
        evidence: needed("evidence", options.evidence),
        ...(result === undefined ? {} : { result: parse(result) }),
        via: "option",
      });
    } else
      throw new CommandFailure(exit.wrongInput, `--decide ${step}=${decision}: a decision is run-again, done or skip`);
  }
  return rulings;
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
  orphans: async () => "wait",
};
