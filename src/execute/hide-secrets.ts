import { ActionFailure } from "../action/failure.ts";
import type { JournalEvent } from "../event/event.ts";
import type { Durable } from "../journal/durable.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import type { Masker } from "../secret/masker.ts";
import { unseal } from "../secret/unseal.ts";
import type { ApprovalRequest, Approvals } from "./approvals.ts";
import type { Answerer } from "./questions.ts";
import type { TurnSecrets } from "./turn-secrets.ts";

/**
 * What a program, a system, a file or a person may have put words into. All other fields are belay's own: a secret that
 * is spelled like an id, a state or a digest must not make the journal unreadable. Inputs of runbooks and the items of
 * forEach are not among these either: they hold no secret, and a run goes on with them.
 */
const spoken = new Set([
  "changes",
  "details",
  "diff",
  "differs",
  "evidence",
  "found",
  "instructions",
  "left",
  "line",
  "lines",
  "message",
  "processes",
  "seen",
  "summary",
  "title",
  "why",
]);
/** Values with names that an action or a runbook declares. */
const named = new Set(["input", "outputs", "result"]);
/** What belay needs again, secrets and all: they are kept by name. */
const neededAgain = new Set(["captured", "value"]);

/** An event of a run, or a question about it, without secrets. */
export function hidden<T extends object>(masker: Masker, from: T): T {
  if (!masker.active) return from;
  const entries = Object.entries(from).map(([field, value]): [string, unknown] => {
    if (spoken.has(field) || (field === "target" && typeof value === "string")) return [field, words(masker, value)];
    return [field, named.has(field) ? hiddenValues(masker, value as Json) : value];
  });
  return Object.fromEntries(entries) as T;
}

/** A list of what a plan would change has fields of belay's own, too. */
function words(masker: Masker, value: unknown): unknown {
  if (!Array.isArray(value)) return masker.json(value);
  return value.map((one) => (isJsonObject(one) ? hidden(masker, one) : masker.json(one)));
}

/** The names at the top are declared ones, and what later steps read a result by. */
export function hiddenValues(masker: Masker, value: Json): Json {
  if (!isJsonObject(value)) return masker.json(value);
  // The last look of `wait` is a result, too, and its `with` an input.
  const inner = (name: string, one: Json) =>
    name === "last" || name === "with" ? hiddenValues(masker, one) : masker.json(one);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(name, one)]));
}

/** What is recorded: what undo must put back byte for byte, and handles, keep their secrets by name. */
export function hiddenRecord<E extends JournalEvent>(masker: Masker, event: E): E {
  const record: E = hidden(masker, event);
  if (event.type !== "step-started" && event.type !== "undo-started" && event.type !== "remembered") return record;
  const sealed = Object.entries(event).flatMap(([field, value]): [string, Json][] =>
    neededAgain.has(field) ? [[field, masker.seal(value as Json)]] : [],
  );
  return { ...record, ...Object.fromEntries(sealed) };
}

/** What is needed again in the same run, with its secrets back in their places. */
export function withSecrets(durable: Durable, secrets: TurnSecrets): Durable {
  return {
    ...durable,
    async once(key, fn, options) {
      const event = await durable.once(key, fn, options);
      if (event.type !== "undo-started" || event.captured === undefined) return event;
      return { ...event, captured: unsealed(event.captured as Json, secrets) };
    },
    recall: (step, name) => {
      const value = durable.recall(step, name);
      return value === undefined ? value : unsealed(value, secrets);
    },
  };
}

/** What was recorded by name, with the values of today. Throws ActionFailure when one of them is not there. */
export function unsealed(value: Json, secrets: TurnSecrets): Json {
  try {
    return unseal(value, secrets.values());
  } catch (error) {
    throw new ActionFailure("failed", error instanceof Error ? error.message : String(error));
  }
}

/** Others read what they are asked to approve. */
export function approvalsWithout(approvals: Approvals, secrets: TurnSecrets): Approvals {
  const request = (of: ApprovalRequest) => hidden(secrets.masker(), of);
  return { ...approvals, ask: (of) => approvals.ask(request(of)), stand: (of) => approvals.stand(request(of)) };
}

/** Questions stand on a terminal, and stay in what it scrolled by. */
export function answererWithout(answerer: Answerer, secrets: TurnSecrets): Answerer {
  const question = <Q extends object>(of: Q) => hidden(secrets.masker(), of);
  return {
    confirm: (of) => answerer.confirm(question(of)),
    rule: (of) => answerer.rule(question(of)),
    manual: (of) => answerer.manual(question(of)),
    deadline: (of) => answerer.deadline(question(of)),
    undo: (of) => answerer.undo(question(of)),
    undoBefore: async (step) => answerer.undoBefore?.(step),
    orphans: (of) => answerer.orphans(question(of)),
  };
}
