import { basename, join } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { datasourcesOf, inlineDatabases, type Reference, referencesOf } from "./datasource-elements.ts";
import type { RawDatasource } from "./raw-datasource.ts";
import type { XmlElement } from "./xml-element.ts";

/** What the files of one installation say, nothing judged yet. */
export interface HomeFiles {
  readonly datasources: readonly RawDatasource[];
  readonly references: readonly Reference[];
}

const referring = [
  "registry.xml",
  "user-mgt.xml",
  "identity/identity.xml",
  "api-manager.xml",
  "finance/open-banking.xml",
];
/** Those of them that can hold a database's URL themselves. */
const inlining = new Set(["registry.xml", "user-mgt.xml"]);
const runtimes = ["worker", "dashboard"];

/** Reads all files of a home that name databases. `repository` is the name of the folder in it that is looked at. */
export async function readHome(home: string, repository: string, context: ReadContext): Promise<HomeFiles> {
  const { files, signal } = context;
  const datasources: RawDatasource[] = [];
  const references: Reference[] = [];
  const conf = join(home, repository, "conf");
  const folder = join(conf, "datasources");
  const isCarbon = (await files.statTarget(folder))?.kind === "directory";
  for (const name of isCarbon ? (await files.list(folder)).filter(isXml) : []) {
    signal.throwIfAborted();
    datasources.push(...datasourcesOf(await readXml(join(folder, name), context), join(folder, name)));
  }
  for (const name of isCarbon ? referring : []) {
    const file = join(conf, name);
    if ((await files.statTarget(file)) === undefined) continue;
    const root = await readXml(file, context);
    references.push(...referencesOf(root, file));
    if (inlining.has(name)) datasources.push(...inlineDatabases(root, file, basename(file)));
  }
  for (const file of isCarbon ? await userStores(join(home, repository), context) : []) {
    const root = await readXml(file, context);
    references.push(...referencesOf(root, file));
    datasources.push(...inlineDatabases(root, file, `user store ${basename(file, ".xml")}`));
  }
  for (const runtime of runtimes) {
    const file = join(home, "conf", runtime, "deployment.yaml");
    if ((await files.statTarget(file)) === undefined) continue;
    const { readDeployment } = await import("./deployment-yaml.ts");
    datasources.push(...readDeployment(await files.readText(file), file, runtime));
  }
  if (datasources.length === 0) throw nothingFound(home, repository);
  return { datasources, references };
}

const isXml = (name: string) => name.toLowerCase().endsWith(".xml");

async function readXml(file: string, { files }: ReadContext): Promise<XmlElement> {
  const { parseXml } = await import("./xml-tree.ts");
  return parseXml(await files.readText(file), file);
}

/** Secondary user stores, of the super tenant and of every other tenant. */
async function userStores(repository: string, { files }: ReadContext): Promise<string[]> {
  const tenants = join(repository, "tenants");
  const ids = (await files.statTarget(tenants))?.kind === "directory" ? await files.list(tenants) : [];
  const folders = [
    join(repository, "deployment/server/userstores"),
    ...ids.map((id) => join(tenants, id, "userstores")),
  ];
  const found: string[] = [];
  for (const folder of folders) {
    if ((await files.statTarget(folder))?.kind !== "directory") continue;
    found.push(...(await files.list(folder)).filter(isXml).map((name) => join(folder, name)));
  }
  return found;
}

function nothingFound(home: string, repository: string): ActionFailure {
  return new ActionFailure("failed", `${home} is not a WSO2 home: it has no datasources`, [
    `Looked in ${repository}/conf/datasources/*.xml, conf/worker/deployment.yaml and conf/dashboard/deployment.yaml.`,
  ]);
}
