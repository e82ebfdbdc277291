import type { JdbcTarget } from "./jdbc-url.ts";

/** A JDBC URL with only host, port and database: parameters can hold passwords. */
export function publicUrl({ vendor, host, port, database }: JdbcTarget): string {
  if (vendor === "h2") return `jdbc:h2:${database}`;
  const address = port === null ? host : `${host}:${port}`;
  if (vendor === "oracle") return `jdbc:oracle:thin:@//${address}/${database}`;
  if (vendor === "sqlserver") return `jdbc:sqlserver://${address};databaseName=${database}`;
  return `jdbc:${vendor}://${address}/${database}`;
}
