import type { ReadContext } from "../../action/context.ts";
import { defineRead } from "../../action/define-action.ts";
import { crossCheck } from "./cross-check.ts";
import { result } from "./datasources-result.ts";
import { type DatabaseFile, h2Files } from "./h2-files.ts";
import { readProduct } from "./product.ts";
import { readHome } from "./read-home.ts";
import { type Datasource, resolveDatasource } from "./resolve-datasource.ts";

export const wso2Datasources = defineRead({
  name: "wso2.datasources",
  summary: "List the databases that WSO2 installations use",
  description: `Reads repository/conf/datasources/*.xml, user stores with a URL of their own, and conf/{worker,dashboard}/deployment.yaml
of every home. Comments don't count. Databases are told apart by vendor, host, port and name: one that several homes share
is listed once. A URL that can't be read, or of an unknown vendor, is a failure that names file and line. Every JNDI name
that registry.xml, user-mgt.xml, identity.xml, api-manager.xml, open-banking.xml and the user stores refer to must be
defined. Passwords and URL parameters are not in the result.`,
  example: `homes: [/opt/wso2/wso2-obkm-1.5.0, /opt/wso2/wso2-obam-1.5.0]
`,
  paths: ["homes"],
  input: {
    type: "object",
    properties: {
      homes: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "The folders of the installations (CARBON_HOME)",
      },
      cross_check: {
        type: "boolean",
        default: true,
        description: "Whether a JNDI name that is referred to and not defined is a failure",
      },
      repository: {
        type: "string",
        minLength: 1,
        default: "repository",
        description: "The folder in each home that holds conf; another one to look at files that are not in place yet",
      },
    },
    required: ["homes"],
    additionalProperties: false,
  },
  result,
  async run({ homes, cross_check = true, repository = "repository" }, context) {
    const read = [];
    for (const path of homes) read.push(await lookAtHome(path, repository, cross_check, context));
    return {
      homes: read.map(({ home }) => home),
      databases: databasesOf(read.map(({ home }) => home)),
      files: uniqueFiles(read.flatMap(({ files }) => files)),
      references: read.reduce((sum, { references }) => sum + references, 0),
    };
  },
});

async function lookAtHome(path: string, repository: string, check: boolean, context: ReadContext) {
  const { datasources: raw, references } = await readHome(path, repository, context);
  const datasources = raw.map((one) => resolveDatasource(one, path));
  if (check) crossCheck(path, datasources, references);
  const home = { path, ...(await readProduct(path, context)), datasources };
  return { home, files: await h2Files(path, datasources, context), references: references.length };
}

/** Each database once, however many datasources name it, in the order in which they were found. */
function databasesOf(homes: readonly { path: string; datasources: readonly Datasource[] }[]) {
  type Database = Pick<Datasource, "key" | "vendor" | "host" | "port" | "database"> & {
    homes: string[];
    names: string[];
  };
  const found = new Map<string, Database>();
  for (const { path, datasources } of homes) {
    for (const { key, vendor, host, port, database, name } of datasources) {
      const known = found.get(key) ?? { key, vendor, host, port, database, homes: [], names: [] };
      if (!known.homes.includes(path)) known.homes.push(path);
      if (!known.names.includes(name)) known.names.push(name);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** A file that two homes share belongs to the first that names it. */
function uniqueFiles(files: readonly DatabaseFile[]): DatabaseFile[] {
  const paths = new Set<string>();
  return files.filter(({ path }) => !paths.has(path) && paths.add(path));
}
