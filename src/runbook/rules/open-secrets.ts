import type { Action } from "../../action/define-action.ts";
import type { Language } from "../../expression/language.ts";
import { expressionsOf } from "../../expression/template.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import type { Draft, SourcePath } from "../draft.ts";

/** Why a secret can't stand in a place, and where else it can. */
export interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

const inArguments: Refusal = {
  message: "a secret can't stand in `argv`: everybody on the machine can read the process list",
  hint: "hand it over in `env` or `stdin`",
};
const shown: Refusal = { message: "a secret can't stand here: a person would see it" };
const inConnection: Refusal = {
  message:
    "a secret can't stand in a `host` connection: ssh gets it as an argument, and everybody on the machine can read the process list",
  hint: "name the host in ~/.ssh/config, and keep keys in an agent",
};

/** Why a field of an action's input can't hold a secret; undefined where it can. */
export function openPlace(key: string, action: Action | undefined): Refusal | undefined {
  if (key === "argv") return inArguments;
  return action?.effect === "manual" || action?.effect === "assert" ? shown : undefined;
}

export function refuseSecrets(
  draft: Draft,
  language: Language,
  path: SourcePath,
  value: Json,
  refusal: Refusal | undefined,
): void {
  if (!refusal) return;
  for (const found of expressionsOf(value)) {
    const scalar = draft.document.scalar([...path, ...found.path]);
    const at = language.check(found.value).references.find((reference) => reference.path[0] === "secrets");
    if (at === undefined || !scalar) continue;
    const start = scalar.sourceOffset(at.start);
    const range = { start, end: start + "secrets".length };
    draft.error("secret-in-the-open", range, refusal.message, refusal.hint);
  }
}

/** What a `host` connection is configured with stands on the command line of ssh. */
export function refuseOnCommandLines(draft: Draft, language: Language): void {
  const connections = draft.data["connections"];
  if (!isJsonObject(connections)) return;
  for (const [name, config] of Object.entries(connections)) {
    const host = isJsonObject(config) ? config["host"] : undefined;
    if (host !== undefined) refuseSecrets(draft, language, ["connections", name, "host"], host, inConnection);
  }
}
