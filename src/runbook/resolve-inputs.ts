import type { Json, JsonObject } from "../schema/json.ts";
import { nearest } from "../source/nearest.ts";
import { acceptValue, parseText } from "./input-value.ts";
import type { InputDeclaration, Runbook } from "./runbook.ts";

/** Inputs as they came: data from files, then text from the command line, which wins. */
export interface GivenInputs {
  readonly data: JsonObject;
  readonly texts: ReadonlyMap<string, string>;
}

export interface ResolvedInputs {
  readonly values: JsonObject;
  /** One sentence each. */
  readonly problems: readonly string[];
  /** Required ones that nobody gave: a terminal can ask for them. */
  readonly missing: readonly string[];
}

/** Makes an input's value absolute and final: relative paths are below the folder in which the run starts. */
export type ResolvePath = (path: string) => string;

export async function resolveInputs(
  runbook: Runbook,
  given: GivenInputs,
  resolvePath: ResolvePath,
): Promise<ResolvedInputs> {
  const values: JsonObject = {};
  const problems: string[] = [];
  const missing: string[] = [];
  for (const name of [...Object.keys(given.data), ...given.texts.keys()]) {
    if (runbook.inputs.has(name)) continue;
    const near = nearest(name, runbook.inputs.keys());
    problems.push(`${runbook.name} has no input \`${name}\`${near ? `; did you mean \`${near}\`?` : ""}`);
  }
  for (const [name, declaration] of runbook.inputs) {
    const found = read(name, declaration, given);
    if (found === undefined) {
      if (declaration.optional) values[name] = null;
      else missing.push(name);
      continue;
    }
    const accepted = "problem" in found ? found : await acceptValue(name, declaration, found.value);
    if ("problem" in accepted) problems.push(`input \`${name}\` ${accepted.problem}`);
    else values[name] = declaration.type === "path" ? resolvePath(String(accepted.value)) : accepted.value;
  }
  return { values, problems, missing };
}

function read(
  name: string,
  declaration: InputDeclaration,
  given: GivenInputs,
): { value: Json } | { problem: string } | undefined {
  const text = given.texts.get(name);
  if (text !== undefined) return parseText(declaration, text);
  const data = given.data[name] ?? declaration.default;
  return data === undefined ? undefined : { value: data };
}
