import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ActionFailure } from "../../action/failure.ts";
import type { RawDatasource } from "./raw-datasource.ts";

/** What an alias stands for, or the node itself. */
function real(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function at(node: unknown, document: Document, ...path: readonly string[]): unknown {
  let found = real(node, document);
  for (const key of path) found = isMap(found) ? real(found.get(key, true), document) : undefined;
  return found;
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value).trim() : undefined;
}

/** URLs in these files are often copied from XML, with `&amp;` left in them. */
const withoutEntities = (url: string) => url.replaceAll("&amp;", "&");

/** The datasources of a `deployment.yaml`. Load this module when the first file is read, not before. */
export function readDeployment(text: string, file: string, runtime: string): RawDatasource[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new ActionFailure("failed", `${file}:${line} is not YAML that can be read: ${error.message}`);
  }
  const list = at(document.contents, document, "wso2.datasources", "dataSources");
  if (list === undefined) return [];
  const lineOf = (node: unknown) => lines.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
  if (!isSeq(list)) throw new ActionFailure("failed", `${file}:${lineOf(list)}: dataSources is not a list`);
  return list.items.map((item) => {
    const settings = at(item, document, "definition", "configuration");
    const url = at(settings, document, "jdbcUrl");
    const text = textOf(url);
    return {
      name: textOf(at(item, document, "name")) ?? "(no name)",
      jndi: textOf(at(item, document, "jndiConfig", "name")) ?? null,
      file,
      line: lineOf(url ?? real(item, document)),
      url: text === undefined ? undefined : withoutEntities(text),
      user: textOf(at(settings, document, "username")) ?? null,
      runtime,
    };
  });
}
