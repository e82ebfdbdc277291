import type { Action } from "../action/define-action.ts";
import { parseDuration } from "../action/duration.ts";
import type { Language } from "../expression/language.ts";
import { compileTemplate, type Template } from "../expression/template.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import { ancestorsOf, type Draft, type DraftStep } from "./draft.ts";
import { digestOfText } from "./include.ts";
import { normalizeDeclarations } from "./normalize-declarations.ts";
import type {
  Check,
  Condition,
  Confirm,
  ForEach,
  InputDeclaration,
  Node,
  OnFailure,
  Poll,
  Retry,
  Runbook,
  Section,
  Step,
  Undo,
} from "./runbook.ts";
import type { Languages, Scope } from "./scopes.ts";

// What is normalized here was checked: a wrong type can't reach it, so the casts below only say what the schema said.

/** The written shape of a runbook without mistakes, made ready to plan and run. */
export function normalizeRunbook(draft: Draft, languages: Languages): Runbook {
  const { data, document } = draft;
  const base = languages.of({});
  const of = (section: Section) =>
    draft.steps
      .filter((step) => step.section === section && !step.parent)
      .map((step) => normalizeNode(draft, step, languages));
  const outputs = isJsonObject(data["outputs"]) ? Object.entries(data["outputs"]) : [];
  return {
    file: document.file,
    text: document.text,
    digest: digestOfText(document.text),
    name: data["name"] as string,
    version: (data["version"] as string | undefined) ?? "0.0.0",
    title: data["title"] as string,
    ...optional("description", data["description"] as string | undefined),
    ...optional("source", data["source"] as string | undefined),
    inputs: new Map(
      Object.entries((data["inputs"] ?? {}) as JsonObject).map(([name, raw]) => [
        name,
        raw as unknown as InputDeclaration,
      ]),
    ),
    ...normalizeDeclarations(data, languages),
    preflight: of("preflight"),
    steps: of("steps"),
    finally: of("finally"),
    outputs: new Map(outputs.map(([name, value]) => [name, compileTemplate(base, value)])),
    includes: new Map(
      draft.steps.flatMap((step) => (step.included ? [[writtenRunbook(step), step.included] as const] : [])),
    ),
    language: base,
  };
}

function writtenRunbook(step: DraftStep): string {
  return String((step.raw["with"] as JsonObject)["runbook"]);
}

export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function condition(language: Language, value: Json | undefined): Condition | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : `\${{ ${String(value)} }}`;
  return { text, compiled: language.compile(text) };
}

type Of = (scope?: Scope) => Language;

function normalizeNode(draft: Draft, step: DraftStep, languages: Languages): Node {
  const { raw, section, kind } = step;
  const each = [step, ...ancestorsOf(step)].some((one) => one.raw["forEach"] !== undefined);
  const of: Of = (scope = {}) => languages.of({ each, ...scope });
  const title = (raw["title"] as string | undefined) ?? step.id;
  const expected = raw["expectedDuration"] as string | undefined;
  const place = draft.document.locate(step.path);
  const base = {
    id: step.id,
    section,
    line: draft.document.diagnostic("error", "", place, "").line,
    title: compileTemplate(of(), title),
    plainTitle: title.includes("${{") ? step.id : title,
    ...optional("notes", raw["notes"] as string | undefined),
    // What is repeated decides about each item; it can be left out for one of them.
    ...optional("when", condition(of(), raw["when"])),
    ...optional("forEach", normalizeForEach(raw, languages)),
    onFailure: (raw["onFailure"] as OnFailure | undefined) ?? "stop",
    ...optional("expectedDurationMs", expected === undefined ? undefined : parseDuration(expected)),
    raw,
  };
  if (kind === "group") {
    const steps = step.children.map((child) => normalizeNode(draft, child, languages));
    const atOnce = raw["forEach"] === undefined ? (raw["concurrency"] as number | undefined) : undefined;
    return { ...base, kind, parallel: raw["parallel"] === true, atOnce: atOnce ?? steps.length, steps };
  }
  if (kind === "include") {
    const input = ((raw["with"] as JsonObject)["inputs"] ?? {}) as JsonObject;
    const runbook = step.included as Runbook;
    return { ...base, kind, written: writtenRunbook(step), runbook, with: compileTemplate(of(), input) };
  }
  return { ...base, ...normalizeStep(step, of) };
}

function normalizeForEach(raw: JsonObject, languages: Languages): ForEach | undefined {
  const list = raw["forEach"];
  if (list === undefined) return undefined;
  const key = raw["key"] as string | undefined;
  return {
    list: compileTemplate(languages.of({}), list),
    ...optional("key", key === undefined ? undefined : compileTemplate(languages.of({ each: true }), key)),
    concurrency: (raw["concurrency"] as number | undefined) ?? 1,
    maxFailures: (raw["maxFailures"] as number | undefined) ?? 0,
  };
}

function normalizeStep(
  step: DraftStep,
  of: Of,
): Omit<Step, "id" | "section" | "line" | "title" | "plainTitle" | "onFailure" | "raw"> {
  const { raw } = step;
  const action = step.action as Action;
  const template = (value: Json): Template => compileTemplate(of(), value);
  const input = (value: Json): Template => compileTemplate(of({ secrets: true }), value);
  const written = (raw["with"] ?? {}) as JsonObject;
  return {
    kind: "step",
    uses: action.name,
    action,
    written,
    with: input(action.effect === "poll" ? withoutConditions(written) : written),
    ...optional("on", raw["on"] as string | undefined),
    ...optional("poll", normalizePoll(step, of)),
    ...optional("check", normalizeCheck(step, of)),
    expect: [raw["expect"] ?? []].flat().map((one) => condition(of({ result: action }), one) as Condition),
    ...optional("confirm", normalizeConfirm(raw["confirm"], template)),
    ...optional("retry", normalizeRetry(raw["retry"], of)),
    ...optional("timeout", raw["timeout"] === undefined ? undefined : template(raw["timeout"])),
    ...optional("undo", normalizeUndo(step, of)),
    reads: raw["reads"] === true,
    repeatable: raw["repeatable"] === true || (action.effect === "change" && action.repeatable),
    once: raw["once"] === true,
  };
}

function normalizeConfirm(raw: Json | undefined, template: (value: Json) => Template): Confirm | undefined {
  if (!isJsonObject(raw)) return undefined;
  const text = (key: string) => optional(key, raw[key] === undefined ? undefined : template(raw[key]));
  return {
    ...(text("message") as Pick<Confirm, "message">),
    ...(text("type") as Pick<Confirm, "type">),
    ...(text("within") as Pick<Confirm, "within">),
    // Who says who may not approve wants somebody to.
    ...optional("approvers", (raw["approvers"] as number | undefined) ?? (raw["notBy"] === undefined ? undefined : 1)),
    ...optional("notBy", raw["notBy"] as "operator" | undefined),
  };
}

function normalizeUndo(step: DraftStep, of: Of): Undo | undefined {
  const raw = step.raw["undo"];
  if (!isJsonObject(raw)) return undefined;
  if (typeof raw["none"] === "string") return { kind: "none", reason: raw["none"] };
  if (typeof raw["notNeeded"] === "string") return { kind: "not-needed", reason: raw["notNeeded"] };
  const action = step.undoAction as Action;
  const scope: Scope = { secrets: true, result: step.action as Action };
  const written = raw["with"] ?? {};
  return {
    kind: "uses",
    uses: action.name,
    action,
    written,
    with: compileTemplate(of(scope), written),
    ...optional("on", (raw["on"] ?? step.raw["on"]) as string | undefined),
    ...optional("timeout", raw["timeout"] === undefined ? undefined : compileTemplate(of(scope), raw["timeout"])),
    ...optional("repeatable", raw["repeatable"] as boolean | undefined),
  };
}

/** A check looks at the step's own connection, where its action can. */
function onIfItCan(step: DraftStep, action: Action): Json | undefined {
  return action.on ? step.raw["on"] : undefined;
}

function withoutConditions(input: JsonObject): JsonObject {
  const { until: _until, failIf: _failIf, ...rest } = input;
  return rest;
}

function normalizeCheck(step: DraftStep, of: Of): Check | undefined {
  const raw = step.raw["check"];
  const action = step.checkAction;
  if (!isJsonObject(raw) || !action) return undefined;
  const language = of({ result: action });
  return {
    uses: action.name,
    action,
    with: compileTemplate(of({ secrets: true }), raw["with"] ?? {}),
    done: condition(language, raw["done"]) as Condition,
    ...optional("notDone", condition(language, raw["notDone"])),
    ...optional("on", (raw["on"] ?? onIfItCan(step, action)) as string | undefined),
  };
}

function normalizePoll(step: DraftStep, of: Of): Poll | undefined {
  const input = step.raw["with"];
  const action = step.pollAction;
  if (!isJsonObject(input) || !action) return undefined;
  const language = of({ result: action });
  return {
    uses: action.name,
    action,
    with: compileTemplate(of({ secrets: true }), input["with"] ?? {}),
    until: condition(language, input["until"]) as Condition,
    ...optional("failIf", condition(language, input["failIf"])),
  };
}

function normalizeRetry(raw: Json | undefined, of: Of): Retry | undefined {
  if (!isJsonObject(raw)) return undefined;
  return {
    attempts: raw["attempts"] as number,
    delay: compileTemplate(of(), raw["delay"] ?? "5s"),
    backoff: (raw["backoff"] as number | undefined) ?? 1,
    ...optional("if", condition(of({ result: "dyn", error: true }), raw["if"])),
  };
}
