const text = (description: string) => ({ type: "string", description }) as const;
const maybe = (description: string) => ({ type: ["string", "null"], description }) as const;
const vendor = {
  type: "string",
  enum: ["mysql", "mariadb", "postgresql", "oracle", "sqlserver", "h2"],
  description: "The kind of database; SQL Server through jTDS is sqlserver",
} as const;
const key = text("The same for two datasources of one database");
const host = maybe("In lower case, with the instance of an SQL Server; null for H2");
const port = {
  type: ["integer", "null"],
  description: "The vendor's default where the URL has none; null for H2",
} as const;
const database = text("Name of the database, service of Oracle, or path of H2 without its ending");

const datasource = {
  type: "object",
  properties: {
    name: text("Name of the datasource"),
    jndi: maybe("Its JNDI name"),
    file: text("The file that defines it"),
    line: { type: "integer", description: "The line of its URL" },
    key,
    vendor,
    host,
    port,
    database,
    user: maybe("The user that the server connects as"),
    url: text("The URL without its parameters"),
  },
  required: ["name", "jndi", "file", "line", "key", "vendor", "host", "port", "database", "user", "url"],
  additionalProperties: false,
} as const;

/** The result of `wso2.datasources`. */
export const result = {
  type: "object",
  properties: {
    homes: {
      type: "array",
      description: "The installations, in the order they were given",
      items: {
        type: "object",
        properties: {
          path: text("The home"),
          product: text("What bin/version.txt calls it"),
          version: maybe("Its version, from bin/version.txt"),
          update: maybe("Its update level, from updates/product.txt"),
          datasources: { type: "array", items: datasource },
        },
        required: ["path", "product", "version", "update", "datasources"],
        additionalProperties: false,
      },
    },
    databases: {
      type: "array",
      description: "Every database once",
      items: {
        type: "object",
        properties: {
          key,
          vendor,
          host,
          port,
          database,
          homes: { type: "array", items: { type: "string" }, description: "The homes that use it" },
          names: { type: "array", items: { type: "string" }, description: "The datasources that name it" },
        },
        required: ["key", "vendor", "host", "port", "database", "homes", "names"],
        additionalProperties: false,
      },
    },
    files: {
      type: "array",
      description: "The files of H2 databases: copy them only while the server is stopped",
      items: {
        type: "object",
        properties: {
          key,
          path: text("The file"),
          home: text("The home that uses it"),
          exists: { type: "boolean", description: "False when it is not there, and this is where it would be" },
        },
        required: ["key", "path", "home", "exists"],
        additionalProperties: false,
      },
    },
    references: { type: "integer", description: "How many references to JNDI names were found" },
  },
  required: ["homes", "databases", "files", "references"],
  additionalProperties: false,
} as const;
