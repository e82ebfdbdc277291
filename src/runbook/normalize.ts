import { createHash } from "node:crypto";
import type { Action } from "../action/define-action.ts";
import { parseDuration } from "../action/duration.ts";
import type { Language } from "../expression/language.ts";
import { compileTemplate, type Template } from "../expression/template.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import type { Draft, DraftStep } from "./draft.ts";
import type { Check, Condition, InputDeclaration, Poll, Retry, Runbook, Section, Step } from "./runbook.ts";
import type { Languages } from "./scopes.ts";

// What is normalized here was checked: a wrong type can't reach it, so the casts below only say what the schema said.

/** The written shape of a runbook without mistakes, made ready to plan and run. */
export function normalizeRunbook(draft: Draft, languages: Languages): Runbook {
  const { data, document } = draft;
  const steps = draft.steps.map((step) => normalizeStep(draft, step, languages));
  const of = (section: Section) => steps.filter((step) => step.section === section);
  const outputs = isJsonObject(data["outputs"]) ? Object.entries(data["outputs"]) : [];
  return {
    file: document.file,
    text: document.text,
    digest: createHash("sha256").update(document.text).digest("hex"),
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
    preflight: of("preflight"),
    steps: of("steps"),
    finally: of("finally"),
    outputs: new Map(outputs.map(([name, value]) => [name, compileTemplate(languages.base, value)])),
    language: languages.base,
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function condition(language: Language, value: Json | undefined): Condition | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : `\${{ ${String(value)} }}`;
  return { text, compiled: language.compile(text) };
}

function normalizeStep(draft: Draft, step: DraftStep, languages: Languages): Step {
  const { raw, section } = step;
  const action = step.action as Action;
  const template = (value: Json): Template => compileTemplate(languages.base, value);
  const title = (raw["title"] as string | undefined) ?? step.id;
  const written = (raw["with"] ?? {}) as JsonObject;
  const expected = raw["expectedDuration"] as string | undefined;
  const confirm = raw["confirm"] as { message?: string; type?: string } | undefined;
  const place = draft.document.locate(step.path);
  return {
    id: step.id,
    section,
    line: draft.document.diagnostic("error", "", place, "").line,
    title: template(title),
    plainTitle: title.includes("${{") ? step.id : title,
    ...optional("notes", raw["notes"] as string | undefined),
    uses: action.name,
    action,
    written,
    with: template(action.effect === "poll" ? withoutConditions(written) : written),
    ...optional("poll", normalizePoll(step, languages)),
    ...optional("when", condition(languages.base, raw["when"])),
    ...optional("check", normalizeCheck(step, languages)),
    expect: [raw["expect"] ?? []].flat().map((one) => condition(languages.withResult(action), one) as Condition),
    ...optional(
      "confirm",
      confirm && {
        ...optional("message", confirm.message === undefined ? undefined : template(confirm.message)),
        ...optional("type", confirm.type === undefined ? undefined : template(confirm.type)),
      },
    ),
    ...optional("retry", normalizeRetry(raw["retry"], languages)),
    ...optional("timeout", raw["timeout"] === undefined ? undefined : template(raw["timeout"])),
    reads: raw["reads"] === true,
    repeatable: raw["repeatable"] === true || (action.effect === "change" && action.repeatable),
    onFailure: raw["onFailure"] === "continue" ? "continue" : "stop",
    ...optional("expectedDurationMs", expected === undefined ? undefined : parseDuration(expected)),
    once: raw["once"] === true,
  };
}

function withoutConditions(input: JsonObject): JsonObject {
  const { until: _until, failIf: _failIf, ...rest } = input;
  return rest;
}

function normalizeCheck(step: DraftStep, languages: Languages): Check | undefined {
  const raw = step.raw["check"];
  const action = step.checkAction;
  if (!isJsonObject(raw) || !action) return undefined;
  const language = languages.withResult(action);
  return {
    uses: action.name,
    action,
    with: compileTemplate(languages.base, raw["with"] ?? {}),
    done: condition(language, raw["done"]) as Condition,
    ...optional("notDone", condition(language, raw["notDone"])),
  };
}

function normalizePoll(step: DraftStep, languages: Languages): Poll | undefined {
  const input = step.raw["with"];
  const action = step.pollAction;
  if (!isJsonObject(input) || !action) return undefined;
  const language = languages.withResult(action);
  return {
    uses: action.name,
    action,
    with: compileTemplate(languages.base, input["with"] ?? {}),
    until: condition(language, input["until"]) as Condition,
    ...optional("failIf", condition(language, input["failIf"])),
  };
}

function normalizeRetry(raw: Json | undefined, languages: Languages): Retry | undefined {
  if (!isJsonObject(raw)) return undefined;
  return {
    attempts: raw["attempts"] as number,
    delay: compileTemplate(languages.base, raw["delay"] ?? "5s"),
    backoff: (raw["backoff"] as number | undefined) ?? 1,
    ...optional("if", condition(languages.retry, raw["if"])),
  };
}
