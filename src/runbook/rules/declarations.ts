import type { Catalog } from "../../action/catalog.ts";
import type { Action } from "../../action/define-action.ts";
import { parseDuration } from "../../action/duration.ts";
import { checker } from "../../schema/check.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import { nearest } from "../../source/nearest.ts";
import { describeProblem, durationHint } from "../describe-problem.ts";
import { ancestorsOf, type Draft, type DraftStep, type SourcePath, stepName } from "../draft.ts";
import { mentions } from "../mentions.ts";
import { holdsExpression } from "./actions.ts";

const nameRule = /^[a-z][A-Za-z0-9_]*$/;
const secretSources = ["env", "file", "command", "prompt"];

const entries = (value: Json | undefined) => (isJsonObject(value) ? Object.entries(value) : []);

/** Secrets, connections and deadlines: their names can be said, and what they name is there. */
export async function checkDeclarations(draft: Draft, catalog: Catalog): Promise<void> {
  for (const root of ["secrets", "connections", "deadlines"] as const) {
    for (const [name] of entries(draft.data[root])) {
      if (nameRule.test(name)) continue;
      const hint = "letters, digits and _, and a small letter first";
      draft.error("name", draft.document.locateKey([root], name), `an expression can't say the name \`${name}\``, hint);
    }
  }
  checkSecrets(draft);
  const kinds = await checkConnections(draft, catalog);
  for (const step of draft.steps) checkOn(draft, step, kinds);
  checkDeadlines(draft);
}

function checkSecrets(draft: Draft): void {
  for (const [name, raw] of entries(draft.data["secrets"])) {
    if (!isJsonObject(raw)) continue;
    const given = secretSources.filter((source) => raw[source] !== undefined);
    // A misspelt source has its own message.
    if (given.length === 1 || (given.length === 0 && mentions(raw, secretSources))) continue;
    draft.error(
      "secret-source",
      draft.document.locateKey(["secrets"], name),
      given.length === 0
        ? `secret \`${name}\` does not say where its value comes from`
        : `secret \`${name}\` has ${given.length} sources, and can have one`,
      "one of: env, file, command, prompt",
    );
  }
}

/** The kind of each connection, by name; undefined for one with a mistake. */
async function checkConnections(draft: Draft, catalog: Catalog): Promise<ReadonlyMap<string, string | undefined>> {
  const kinds = new Map<string, string | undefined>();
  for (const [name, raw] of entries(draft.data["connections"])) {
    const [kind] = isJsonObject(raw) ? Object.keys(raw) : [];
    kinds.set(name, undefined);
    if (!isJsonObject(raw) || kind === undefined) continue;
    const known = await catalog.loadKind(kind);
    if (!known) {
      const near = nearest(kind, catalog.kinds);
      const hint = near ? `did you mean \`${near}\`?` : `one of: ${catalog.kinds.join(", ")}`;
      draft.error(
        "unknown-kind",
        draft.document.locateKey(["connections", name], kind),
        `there is no kind of connection \`${kind}\``,
        hint,
      );
      continue;
    }
    kinds.set(name, kind);
    const check = await checker(`connection-${kind}`, known.config, {
      lenient: holdsExpression,
      near: (a, b) => nearest(a, [b]) !== undefined,
    });
    for (const problem of check(raw[kind] ?? {})) {
      const at: SourcePath = ["connections", name, kind, ...problem.path];
      const wording = describeProblem(problem, `connection \`${name}\``, draft.document.raw(at));
      const range =
        problem.kind === "unknown-key" ? draft.document.locateKey(at, problem.key) : draft.document.locate(at);
      draft.error(wording.code, range, wording.message, wording.hint);
    }
  }
  return kinds;
}

function checkOn(draft: Draft, step: DraftStep, kinds: ReadonlyMap<string, string | undefined>): void {
  // That a group has no `on` is said already.
  if (step.kind !== "step") return;
  const { raw, path } = step;
  const own = raw["on"];
  checkConnection(draft, step, [...path, "on"], own, step.pollAction ?? step.action, kinds);
  for (const key of ["check", "undo"] as const) {
    const part = raw[key];
    if (!isJsonObject(part)) continue;
    const action = key === "check" ? step.checkAction : step.undoAction;
    // What is not said is the step's, where the action can stand on it.
    if (part["on"] !== undefined) checkConnection(draft, step, [...path, key, "on"], part["on"], action, kinds);
  }
}

function checkConnection(
  draft: Draft,
  step: DraftStep,
  path: SourcePath,
  name: Json | undefined,
  action: Action | undefined,
  kinds: ReadonlyMap<string, string | undefined>,
): void {
  if (name === undefined) {
    if (action?.needsConnection)
      draft.error(
        "no-connection",
        draft.document.locate([...step.path, "uses"]),
        `\`${action.name}\` works on a connection, and ${stepName(step)} does not say which`,
        `name one of kind ${action.on?.join(" or ") ?? ""} with \`on\``,
      );
    return;
  }
  if (typeof name !== "string") return;
  const range = draft.document.locate(path);
  if (!kinds.has(name)) {
    const near = nearest(name, kinds.keys());
    const hint = near ? `did you mean \`${near}\`?` : "declare it in `connections`";
    draft.error("unknown-connection", range, `there is no connection \`${name}\``, hint);
    return;
  }
  const kind = kinds.get(name);
  if (!action || kind === undefined || action.on?.includes(kind)) return;
  const on = action.on ? `works on ${action.on.join(" or ")}` : "works on no connection";
  draft.error("wrong-connection", range, `\`${action.name}\` ${on}, and \`${name}\` is a ${kind}`);
}

function checkDeadlines(draft: Draft): void {
  const steps = new Map(draft.steps.map((step) => [step.id, step]));
  for (const [name, raw] of entries(draft.data["deadlines"])) {
    if (!isJsonObject(raw)) continue;
    for (const key of ["start", "end"] as const) {
      const id = raw[key];
      const step = typeof id === "string" ? steps.get(id) : undefined;
      const repeated = step && ancestorsOf(step).find((one) => one.raw["forEach"] !== undefined);
      if (repeated)
        draft.error(
          "deadline-in-for-each",
          draft.document.locate(["deadlines", name, key]),
          `step \`${step.id}\` runs once for each item of \`${repeated.id}\``,
          `a clock can start or stop with \`${repeated.id}\``,
        );
      if (typeof id !== "string" || step) continue;
      const near = nearest(id, steps.keys());
      const hint = near ? `did you mean \`${near}\`?` : undefined;
      draft.error("unknown-step", draft.document.locate(["deadlines", name, key]), `there is no step \`${id}\``, hint);
    }
    const [start, end] = [steps.get(String(raw["start"])), steps.get(String(raw["end"]))];
    if (start && end && end.order < start.order)
      draft.error(
        "deadline-order",
        draft.document.locate(["deadlines", name, "end"]),
        `step \`${end.id}\` ends before \`${start.id}\` begins`,
      );
    const lengths = (["within", "warnAt"] as const).map((key) => durationAt(draft, ["deadlines", name, key], raw[key]));
    const [within, warnAt] = lengths;
    if (within === 0)
      draft.error(
        "no-time",
        draft.document.locate(["deadlines", name, "within"]),
        "a deadline of no time is over as it begins",
      );
    if (within !== undefined && warnAt !== undefined && warnAt >= within)
      draft.error(
        "deadline-order",
        draft.document.locate(["deadlines", name, "warnAt"]),
        "the warning comes after the limit",
      );
  }
  const point = draft.data["recoveryPoint"];
  if (!isJsonObject(point)) return;
  durationAt(draft, ["recoveryPoint", "within"], point["within"]);
  const at = point["at"];
  if (typeof at !== "string" || holdsExpression(at) || !Number.isNaN(Date.parse(at))) return;
  const hint = "such as 2026-11-20T22:00:04Z, or an expression that gives one";
  draft.error("not-a-time", draft.document.locate(["recoveryPoint", "at"]), `\`${at}\` is no time`, hint);
}

/** Milliseconds of a duration that is written out; a wrong one is told. */
function durationAt(draft: Draft, path: SourcePath, value: Json | undefined): number | undefined {
  if (typeof value !== "string" || holdsExpression(value)) return undefined;
  const length = parseDuration(value);
  if (length === undefined)
    draft.error("not-a-duration", draft.document.locate(path), `\`${value}\` is not a duration`, durationHint);
  return length;
}
