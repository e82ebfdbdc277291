import type { ReadContext } from "../../action/context.ts";
import type { Datasource } from "./resolve-datasource.ts";

/** The file that holds an H2 database. `exists` is false where the server has not made it yet; then `path` is where it would be. */
export type DatabaseFile = { key: string; path: string; home: string; exists: boolean };

/** The files of the H2 databases of a home; a database can have both forms after an upgrade, and then both are named. */
export async function h2Files(
  home: string,
  datasources: readonly Datasource[],
  context: ReadContext,
): Promise<DatabaseFile[]> {
  const found: DatabaseFile[] = [];
  const keys = new Set<string>();
  for (const { key, vendor, database, file } of datasources) {
    if (vendor !== "h2" || keys.has(key)) continue;
    keys.add(key);
    const forms = [`${database}.h2.db`, `${database}.mv.db`];
    const there: string[] = [];
    for (const form of forms) if ((await context.files.statTarget(form))?.kind === "file") there.push(form);
    for (const path of there) found.push({ key, path, home, exists: true });
    // Carbon 4 comes with H2 1.3, the stream processor with 1.4.
    const expected = file.endsWith(".yaml") ? forms[1] : forms[0];
    if (there.length === 0 && expected !== undefined) found.push({ key, path: expected, home, exists: false });
  }
  return found;
}
