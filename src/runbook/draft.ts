import type { Action } from "../action/define-action.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import type { Diagnostic, Range } from "../source/diagnostic.ts";
import type { SourceDocument } from "../source/source-document.ts";
import { type Runbook, type Section, sections } from "./runbook.ts";

export type SourcePath = readonly (string | number)[];

/** A step or group as written, while it is being checked. */
export interface DraftStep {
  readonly section: Section;
  /** Its place in the order in which steps run. */
  readonly order: number;
  readonly path: SourcePath;
  readonly raw: JsonObject;
  /** Empty when it has no usable id. */
  readonly id: string;
  readonly kind: "step" | "group" | "include";
  /** The group that it stands in. */
  readonly parent?: DraftStep;
  readonly children: DraftStep[];
  /** Undefined for an unknown or missing `uses`, and for what uses none. */
  action?: Action;
  /** The action inside `check`, `undo`, or the `with` of `wait`. */
  checkAction?: Action;
  undoAction?: Action;
  pollAction?: Action;
  /** What an include includes, once it was read without mistakes. */
  included?: Runbook;
}

/** A runbook file while it is being checked: its text, its steps, and the mistakes found so far. */
export interface Draft {
  readonly document: SourceDocument;
  readonly data: JsonObject;
  /** Groups stand before their own steps. */
  readonly steps: readonly DraftStep[];
  readonly diagnostics: Diagnostic[];
  error(code: string, range: Range, message: string, hint?: string): void;
  warn(code: string, range: Range, message: string, hint?: string): void;
}

/** The name under which a step uses another runbook. */
export const includeAction = "runbook";

function kindOf(raw: JsonObject): DraftStep["kind"] {
  if (raw["uses"] === includeAction) return "include";
  return raw["steps"] !== undefined && raw["uses"] === undefined ? "group" : "step";
}

export function makeDraft(document: SourceDocument, data: JsonObject): Draft {
  const diagnostics: Diagnostic[] = [];
  const steps: DraftStep[] = [];
  const add = (list: Json | undefined, section: Section, path: SourcePath, parent?: DraftStep): void => {
    if (!Array.isArray(list)) return;
    list.forEach((raw, index) => {
      if (!isJsonObject(raw)) return;
      const step: DraftStep = {
        section,
        order: steps.length,
        path: [...path, index],
        raw,
        id: typeof raw["id"] === "string" ? raw["id"] : "",
        kind: kindOf(raw),
        ...(parent ? { parent } : {}),
        children: [],
      };
      steps.push(step);
      parent?.children.push(step);
      add(raw["steps"], section, [...step.path, "steps"], step);
    });
  };
  for (const section of sections) add(data[section], section, [section]);
  return {
    document,
    data,
    steps,
    diagnostics,
    error: (code, range, message, hint) =>
      void diagnostics.push(document.diagnostic("error", code, range, message, hint)),
    warn: (code, range, message, hint) =>
      void diagnostics.push(document.diagnostic("warning", code, range, message, hint)),
  };
}

/** How a step is called in a message. */
export function stepName(step: DraftStep): string {
  const what = step.kind === "group" ? "group" : "step";
  return step.id ? `${what} \`${step.id}\`` : `this ${what}`;
}

/** The groups that a step stands in, from the inside out. */
export function ancestorsOf(step: DraftStep): DraftStep[] {
  const found: DraftStep[] = [];
  for (let up = step.parent; up; up = up.parent) found.push(up);
  return found;
}
