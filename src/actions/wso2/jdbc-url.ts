/** The databases that a datasource can name. A URL of the jTDS driver is an SQL Server's. */
export type Vendor = "mysql" | "mariadb" | "postgresql" | "oracle" | "sqlserver" | "h2";

/** What a JDBC URL points at. `database` of H2 is the path as the URL has it. */
export interface JdbcTarget {
  readonly vendor: Vendor;
  /** Lower case; null for H2. An SQL Server's named instance is part of it: `host\\instance`. */
  readonly host: string | null;
  /** Null for H2, and for a named instance without a port. */
  readonly port: number | null;
  readonly database: string;
}

/** Why a URL can't be read: the end of a sentence. */
export interface UrlProblem {
  readonly problem: string;
}

const problem = (text: string): UrlProblem => ({ problem: text });

const defaultPorts = { mysql: 3306, mariadb: 3306, postgresql: 5432, oracle: 1521, sqlserver: 1433 } as const;
type ServerVendor = keyof typeof defaultPorts;

/** Reads a JDBC URL whose variables are expanded. `user` stands in where PostgreSQL takes the user's name for the database's. */
export function parseJdbcUrl(text: string, user: string | null): JdbcTarget | UrlProblem {
  const url = text.replace(/\s+/g, "");
  const lower = url.toLowerCase();
  if (lower.startsWith("jdbc:h2:")) return parseH2(url.slice("jdbc:h2:".length));
  if (lower.startsWith("jdbc:mysql:")) return parseSlashes("mysql", url.slice("jdbc:mysql:".length), null);
  if (lower.startsWith("jdbc:mariadb:")) return parseSlashes("mariadb", url.slice("jdbc:mariadb:".length), null);
  if (lower.startsWith("jdbc:postgresql:")) return parsePostgresql(url.slice("jdbc:postgresql:".length), user);
  if (lower.startsWith("jdbc:oracle:thin:")) return parseOracle(url.slice("jdbc:oracle:thin:".length));
  if (lower.startsWith("jdbc:oracle:")) return problem("is of an Oracle driver other than thin, which names no host");
  if (lower.startsWith("jdbc:jtds:sqlserver:")) return parseJtds(url.slice("jdbc:jtds:sqlserver:".length));
  if (lower.startsWith("jdbc:sqlserver:")) return parseSqlServer(url.slice("jdbc:sqlserver:".length));
  const vendor = /^jdbc:([a-z0-9+]+(?::[a-z]+(?=:))?)/.exec(lower)?.[1];
  return problem(vendor === undefined ? "is not a JDBC URL" : `is of an unknown kind of database, ${vendor}`);
}

interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

/** `host`, `host:port` or `[::1]:port`, perhaps with `user:password@` before it. */
function parseAddress(text: string): Address | UrlProblem {
  const address = text.slice(text.lastIndexOf("@") + 1);
  if (address.includes(",")) return problem("names several hosts: which of them to take is for a person to decide");
  const found = /^(\[[0-9a-f:.]+\]|[^:()[\]=]*)(?::(\d{1,5}))?$/i.exec(address);
  if (found === null) return problem("has a host and port that can't be read");
  const port = found[2] === undefined ? undefined : Number(found[2]);
  if (port !== undefined && (port < 1 || port > 65_535)) return problem(`has the impossible port ${port}`);
  return { host: (found[1] || "localhost").toLowerCase(), port };
}

function server(vendor: ServerVendor, address: Address | UrlProblem, database: string): JdbcTarget | UrlProblem {
  if ("problem" in address) return address;
  if (database === "") return problem("names no database");
  return { vendor, host: address.host, port: address.port ?? defaultPorts[vendor], database };
}

/** `//host:port/database?…`, as MySQL, MariaDB and PostgreSQL have it. */
function parseSlashes(vendor: ServerVendor, rest: string, fallback: string | null): JdbcTarget | UrlProblem {
  const found = /^\/\/([^/?;]*)(?:\/([^?;]*))?(?:[?;].*)?$/.exec(rest);
  if (found === null) return problem("is not of the form //host:port/database");
  return server(vendor, parseAddress(found[1] ?? ""), decoded(found[2] ?? "") || fallback || "");
}

function parsePostgresql(rest: string, user: string | null): JdbcTarget | UrlProblem {
  if (rest.startsWith("//")) return parseSlashes("postgresql", rest, user);
  return parseSlashes("postgresql", `///${rest.replace(/^\//, "")}`, user);
}

/** `@host:port:SID`, `@host:port/service`, `@//host:port/service`; a user and password may stand before the `@`. */
function parseOracle(rest: string): JdbcTarget | UrlProblem {
  const at = rest.lastIndexOf("@");
  const address = (at === -1 ? "" : rest.slice(at + 1)).replace(/\?.*$/, "");
  const found = /^(?:(?:tcp:)?\/\/)?([^/:()]+)(?::(\d{1,5}))?[:/]([^/:()]+)(?::\w+)?$/i.exec(address);
  if (found === null) return problem("is not of the form @host:port:SID, @host:port/SERVICE or @//host:port/SERVICE");
  const [, host, port, name] = found;
  return server("oracle", parseAddress(port === undefined ? `${host}` : `${host}:${port}`), name ?? "");
}

/** The `key=value` pairs after the first `;`; keys in lower case. A value in braces may hold a `;`. */
function settings(text: string): Map<string, string> {
  const pairs = text.matchAll(/;\s*([^=;{}]+)=(\{[^}]*\}|[^;]*)/g);
  return new Map(
    [...pairs].map(([, key, value]) => [(key ?? "").toLowerCase(), (value ?? "").replace(/^\{|\}$/g, "")]),
  );
}

/** `//host[\instance][,port][:port];databaseName=…;portNumber=…`. A port wins over an instance, as in the driver. */
function parseSqlServer(rest: string): JdbcTarget | UrlProblem {
  const found = /^\/\/([^;]*)(;.*)?$/.exec(rest);
  if (found === null) return problem("is not of the form //host:port;databaseName=…");
  const given = settings(found[2] ?? "");
  const [where = "", ...more] = (found[1] ?? "").split("\\");
  const [instance, instancePort] = (more.join("\\") || given.get("instancename") || "").split(/[,:]/);
  const host = (where || given.get("servername") || given.get("server") || "").replace(",", ":");
  const ports = [instancePort, given.get("portnumber"), given.get("port")].filter(
    (one) => one !== undefined && one !== "",
  );
  const address = parseAddress(host.includes(":") || ports[0] === undefined ? host : `${host}:${ports[0]}`);
  return sqlServer(address, instance, given.get("databasename") ?? given.get("database") ?? "");
}

/** `//host:port/database;instance=…` */
function parseJtds(rest: string): JdbcTarget | UrlProblem {
  const found = /^\/\/([^/;]*)(?:\/([^;]*))?(;.*)?$/.exec(rest);
  if (found === null) return problem("is not of the form //host:port/database");
  const given = settings(found[3] ?? "");
  return sqlServer(parseAddress(found[1] ?? ""), given.get("instance"), found[2] || given.get("databasename") || "");
}

function sqlServer(
  address: Address | UrlProblem,
  instance: string | undefined,
  database: string,
): JdbcTarget | UrlProblem {
  const target = server("sqlserver", address, database);
  if ("problem" in target || "problem" in address || !instance || address.port !== undefined) return target;
  return { ...target, host: `${address.host}\\${instance.toLowerCase()}`, port: null };
}

function parseH2(rest: string): JdbcTarget | UrlProblem {
  const path = rest.replace(/;.*$/, "").replace(/^(?:(?:file|async|nio|niomapped|split):)+/i, "");
  if (/^(tcp|ssl):/i.test(path)) return problem("is of an H2 server, whose files are somewhere else");
  if (/^mem:/i.test(path)) return problem("is of an H2 database in memory, which can't be backed up");
  if (/^zip:/i.test(path)) return problem("is of an H2 database in a zip file");
  if (path.startsWith("~"))
    return problem("is below the home folder of whoever runs the server, which isn't known here");
  if (path === "" || path.endsWith("/")) return problem("names no file");
  return { vendor: "h2", host: null, port: null, database: path };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
