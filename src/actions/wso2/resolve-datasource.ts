import { resolve } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import { expandVariables } from "./expand-variables.ts";
import { type JdbcTarget, parseJdbcUrl } from "./jdbc-url.ts";
import { publicUrl } from "./public-url.ts";
import type { RawDatasource } from "./raw-datasource.ts";

/** A datasource with the database it points at. `key` is the same for two datasources of one database. */
export type Datasource = {
  name: string;
  jndi: string | null;
  file: string;
  line: number;
  key: string;
  vendor: JdbcTarget["vendor"];
  host: string | null;
  port: number | null;
  database: string;
  user: string | null;
  url: string;
};

/** Reads the URL of a datasource. Throws ActionFailure `failed`, naming file and line, for what can't be read: a database that is skipped is one that is not backed up. */
export function resolveDatasource(raw: RawDatasource, home: string): Datasource {
  const { name, jndi, file, line, user } = raw;
  const fail = (why: string) => new ActionFailure("failed", `${file}:${line}: the URL of datasource ${name} ${why}`);
  if (raw.url === undefined) throw fail("is missing");
  const expanded = expandVariables(raw.url, home, raw.runtime);
  if ("unknown" in expanded) throw fail(`holds ${expanded.unknown}, and its value isn't known here`);
  const found = parseJdbcUrl(expanded.text, user);
  if ("problem" in found) throw fail(found.problem);
  const target = found.vendor === "h2" ? { ...found, database: resolve(home, found.database) } : found;
  return { name, jndi, file, line, key: keyOf(target, user), ...target, user, url: publicUrl(target) };
}

/** Oracle's names, and by default SQL Server's, don't tell capitals from small letters. */
function keyOf({ vendor, host, port, database }: JdbcTarget, user: string | null): string {
  if (vendor === "h2") return `h2 ${database}`;
  const address = port === null ? host : `${host}:${port}`;
  if (vendor === "oracle") return `oracle ${address}/${database.toLowerCase()} ${(user ?? "").toUpperCase()}`.trimEnd();
  return `${vendor} ${address}/${vendor === "sqlserver" ? database.toLowerCase() : database}`;
}
