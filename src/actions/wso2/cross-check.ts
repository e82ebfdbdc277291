import { relative } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import { bareName, type Reference } from "./datasource-elements.ts";
import { nearName } from "./near-name.ts";
import type { Datasource } from "./resolve-datasource.ts";

/** Every JNDI name that the configuration of a home refers to must be one of its datasources. Throws ActionFailure `failed` with all that are not. */
export function crossCheck(home: string, datasources: readonly Datasource[], references: readonly Reference[]): void {
  const known = new Set(datasources.flatMap(({ jndi }) => (jndi === null ? [] : [bareName(jndi)])));
  const missing = references.filter(({ name }) => !known.has(name));
  const [first] = missing;
  if (first === undefined) return;
  const lines = missing.map(({ name, file, line }) => {
    const near = nearName(name, known);
    return `${relative(home, file)}:${line} refers to ${name}${near === undefined ? "" : `; there is ${near}`}`;
  });
  const near = nearName(first.name, known);
  throw new ActionFailure(
    "failed",
    `${first.file}:${first.line} refers to ${first.name}, and no datasource has that name${near === undefined ? "" : `; there is ${near}`}`,
    missing.length > 1 ? [`${missing.length} names are missing:`, ...lines] : [`Defined are: ${[...known].join(", ")}`],
  );
}
