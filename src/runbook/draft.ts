import type { Action } from "../action/define-action.ts";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import type { Diagnostic, Range } from "../source/diagnostic.ts";
import type { SourceDocument } from "../source/source-document.ts";
import { type Section, sections } from "./runbook.ts";

export type SourcePath = readonly (string | number)[];

/** A step as written, while it is being checked. */
export interface DraftStep {
  readonly section: Section;
  /** Its place in the order in which steps run. */
  readonly order: number;
  readonly path: SourcePath;
  readonly raw: JsonObject;
  /** Empty when it has no usable id. */
  readonly id: string;
  /** Undefined for an unknown or missing `uses`. */
  action?: Action;
  /** The action inside `check`, or inside the `with` of `wait`. */
  checkAction?: Action;
  pollAction?: Action;
}

/** A runbook file while it is being checked: its text, its steps, and the mistakes found so far. */
export interface Draft {
  readonly document: SourceDocument;
  readonly data: JsonObject;
  readonly steps: readonly DraftStep[];
  readonly diagnostics: Diagnostic[];
  error(code: string, range: Range, message: string, hint?: string): void;
  warn(code: string, range: Range, message: string, hint?: string): void;
}

export function makeDraft(document: SourceDocument, data: JsonObject): Draft {
  const diagnostics: Diagnostic[] = [];
  const steps: DraftStep[] = [];
  for (const section of sections) {
    const list = data[section];
    if (!Array.isArray(list)) continue;
    list.forEach((raw, index) => {
      if (!isJsonObject(raw)) return;
      steps.push({
        section,
        order: steps.length,
        path: [section, index],
        raw,
        id: typeof raw["id"] === "string" ? raw["id"] : "",
      });
    });
  }
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
  return step.id ? `step \`${step.id}\`` : "this step";
}
