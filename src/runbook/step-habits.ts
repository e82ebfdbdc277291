import type { Catalog } from "../action/catalog.ts";
import type { JsonObject } from "../schema/json.ts";

/** What authors who know other tools write in a step, and what it is here. */
const habits: { readonly [key: string]: string } = {
  if: "a condition is `when`",
  name: "its name for people is `title`, and for expressions `id`",
  action: "the action is `uses`",
  run: "a script is `uses: shell` with its text in `with: { script: … }`",
  command: "a program is `uses: exec` with its words in `with: { argv: […] }`",
  needs: "steps run in the order in which they stand",
  depends_on: "steps run in the order in which they stand",
  dependsOn: "steps run in the order in which they stand",
  retries: "write `retry: { attempts: … }`",
  register: "a result is `steps.ID.result` by itself",
  ignore_errors: "write `onFailure: continue`",
  continueOnError: "write `onFailure: continue`",
};

/** Whether an unknown key of a step says what it uses (`exec: { argv: … }`). */
export function namesAction(key: string, catalog: Catalog): boolean {
  return catalog.has(key);
}

/** What an unknown key of a step was probably meant to be; undefined when nobody can tell. */
export async function stepHabit(raw: JsonObject, key: string, catalog: Catalog): Promise<string | undefined> {
  const uses = raw["uses"];
  const action = typeof uses === "string" ? await catalog.load(uses) : undefined;
  if (action && Object.hasOwn(action.input.properties ?? {}, key)) return `it belongs into \`with\``;
  if (namesAction(key, catalog)) return `write \`uses: ${key}\`, and what it needs in \`with\``;
  return Object.hasOwn(habits, key) ? habits[key] : undefined;
}
