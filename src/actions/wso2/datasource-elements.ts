import type { RawDatasource } from "./raw-datasource.ts";
import { everyElement, find, property, type XmlElement } from "./xml-element.ts";

/** The datasources of a file in conf/datasources. Comments are gone already: samples in them are nobody's databases. */
export function datasourcesOf(root: XmlElement, file: string): RawDatasource[] {
  return [...everyElement(root)]
    .filter(({ name }) => name === "datasource")
    .map((element) => datasource(element, file));
}

function datasource(element: XmlElement, file: string): RawDatasource {
  const settings = find(element, "definition", "configuration");
  const properties = find(settings, "dataSourceProps");
  const url = find(settings, "url") ?? property(properties, "url");
  const user = find(settings, "username") ?? property(properties, "user") ?? property(properties, "username");
  return {
    name: find(element, "name")?.text ?? "(no name)",
    jndi: find(element, "jndiConfig", "name")?.text ?? null,
    file,
    line: (url ?? element).line,
    url: url?.text || undefined,
    user: user?.text || null,
  };
}

/**
 * Databases that are written where a JNDI name usually stands: a user store with a URL of its own, a `dbConfig` with a
 * URL. An LDAP store has another property for its address, so it is none of these.
 */
export function inlineDatabases(root: XmlElement, file: string, name: string): RawDatasource[] {
  const found: RawDatasource[] = [];
  for (const element of everyElement(root)) {
    const url = property(element, "url") ?? (element.name === "dbConfig" ? find(element, "url") : undefined);
    if (!url?.text.replace(/\s/g, "").toLowerCase().startsWith("jdbc:")) continue;
    const user = property(element, "userName") ?? find(element, "userName");
    found.push({ name, jndi: null, file, line: url.line, url: url.text, user: user?.text || null });
  }
  return found;
}

export interface Reference {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

const byText = new Set(["datasource", "datasourcename"]);

/** The JNDI names that a configuration file expects to find among the datasources. */
export function referencesOf(root: XmlElement, file: string): Reference[] {
  const found: Reference[] = [];
  for (const element of everyElement(root)) {
    const kind = element.name.toLowerCase();
    const named = element.attributes["name"]?.toLowerCase() ?? "";
    const holder = kind === "datasource" && element.text === "" ? find(element, "Name") : element;
    const refers = byText.has(kind) || (kind === "property" && byText.has(named));
    if (refers && holder && /^(java:comp\/env\/)?jdbc\//.test(holder.text)) {
      found.push({ name: bareName(holder.text), file, line: holder.line });
    }
  }
  return found;
}

/** A JNDI name without the prefix that only some files write. */
export function bareName(name: string): string {
  return name.replace(/^java:comp\/env\//, "");
}
