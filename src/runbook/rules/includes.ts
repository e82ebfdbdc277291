import { isJsonObject, type Json } from "../../schema/json.ts";
import { nearest } from "../../source/nearest.ts";
import { type Draft, type DraftStep, stepName } from "../draft.ts";
import type { IncludeSource } from "../include.ts";
import { acceptValue } from "../input-value.ts";
import { mentions } from "../mentions.ts";
import type { Runbook } from "../runbook.ts";
import { holdsExpression } from "./actions.ts";

/** Reads another runbook; its mistakes are told by whoever loads it. */
export type LoadIncluded = (file: string, text: string) => Promise<Runbook | undefined | "cycle">;

const inputKeys = ["runbook", "inputs"];

/** Resolves `uses: runbook`: the other file is there, has no mistakes, does not come back here, and gets its inputs. */
export async function checkIncludes(
  draft: Draft,
  digest: string,
  source: IncludeSource | undefined,
  load: LoadIncluded,
): Promise<void> {
  for (const step of draft.steps) if (step.kind === "include") await checkInclude(draft, digest, step, source, load);
}

async function checkInclude(
  draft: Draft,
  digest: string,
  step: DraftStep,
  source: IncludeSource | undefined,
  load: LoadIncluded,
): Promise<void> {
  const { document } = draft;
  const input = step.raw["with"];
  const written = isJsonObject(input) ? input["runbook"] : undefined;
  if (!isJsonObject(input) || typeof written !== "string") {
    const hint = "`with: { runbook: ./other.yaml, inputs: { … } }`";
    draft.error("missing-key", document.locate(step.path), `${stepName(step)} does not say which runbook`, hint);
    return;
  }
  for (const key of Object.keys(input)) {
    if (inputKeys.includes(key)) continue;
    const near = nearest(key, inputKeys);
    const hint = near ? `did you mean \`${near}\`?` : "what the other runbook gets stands in `inputs`";
    draft.error(
      "unknown-key",
      document.locateKey([...step.path, "with"], key),
      `\`with\` of runbook has no key \`${key}\``,
      hint,
    );
  }
  const at = document.locate([...step.path, "with", "runbook"]);
  if (holdsExpression(written)) {
    draft.error("include-expression", at, "which runbook is included must be known before the run: no expression here");
    return;
  }
  const found = source
    ? await source.read(written, { file: document.file, digest })
    : { problem: "other runbooks can't be read here" };
  if ("problem" in found) {
    draft.error("include-missing", at, `the runbook \`${written}\` can't be included: ${found.problem}`, found.hint);
    return;
  }
  const loaded = await load(found.file, found.text);
  if (loaded === "cycle") {
    draft.error("include-cycle", at, `the runbook \`${written}\` includes this one again, and would never end`);
    return;
  }
  if (!loaded) {
    draft.error(
      "include-mistakes",
      at,
      `the runbook \`${written}\` has mistakes of its own`,
      `belay validate ${found.file}`,
    );
    return;
  }
  step.included = loaded;
  // What stands in a misspelt `inputs` is not missing, too.
  if (input["inputs"] === undefined && mentions(input, ["inputs"])) return;
  await checkInputs(draft, step, loaded, input["inputs"]);
}

async function checkInputs(draft: Draft, step: DraftStep, included: Runbook, given: Json | undefined): Promise<void> {
  const { document } = draft;
  const path = [...step.path, "with", "inputs"];
  if (given !== undefined && !isJsonObject(given)) {
    draft.error("wrong-type", document.locate(path), "`inputs` must be a map");
    return;
  }
  const inputs = given ?? {};
  for (const [name, value] of Object.entries(inputs)) {
    const declaration = included.inputs.get(name);
    if (!declaration) {
      const near = nearest(name, included.inputs.keys());
      const hint = near ? `did you mean \`${near}\`?` : undefined;
      draft.error("unknown-key", document.locateKey(path, name), `${included.name} has no input \`${name}\``, hint);
      continue;
    }
    if (JSON.stringify(value).includes("${{")) continue;
    const accepted = await acceptValue(name, declaration, value);
    if ("problem" in accepted)
      draft.error("invalid-value", document.locate([...path, name]), `input \`${name}\` ${accepted.problem}`);
  }
  const missing = [...included.inputs].filter(
    ([name, { optional, default: value }]) => !optional && value === undefined && !mentions(inputs, [name]),
  );
  if (missing.length > 0) {
    const names = missing.map(([name]) => `\`${name}\``).join(", ");
    draft.error("missing-key", document.locate([...step.path, "with"]), `${included.name} wants the input ${names}`);
  }
}
