import { type X2jOptions, XMLParser, XMLValidator } from "fast-xml-parser";
import { ActionFailure } from "../../action/failure.ts";
import type { XmlElement } from "./xml-element.ts";

const options: X2jOptions = {
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
};

type RawNode = { readonly [key: string | symbol]: unknown };

const place = XMLParser.getMetaDataSymbol() as unknown as symbol; // typed as the wrapper object

/** The root element of an XML text. `file` is what a failure names. Load this module when the first file is read, not before. */
export function parseXml(text: string, file: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    const { line, msg } = valid.err;
    throw new ActionFailure("failed", `${file}:${line} is not XML that can be read: ${oneLine(msg)}`);
  }
  const nodes = new XMLParser(options).parse(text) as RawNode[];
  const elements = nodes.flatMap((node) => elementOf(node, text) ?? []);
  const [root] = elements;
  if (root === undefined) throw new ActionFailure("failed", `${file} holds no XML element`);
  return root;
}

function elementOf(node: RawNode, source: string): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ":@" && key !== "#text");
  if (name === undefined) return undefined;
  const inside = node[name] as RawNode[];
  const at = (node[place] as { startIndex?: number } | undefined)?.startIndex ?? 0;
  return {
    name,
    attributes: (node[":@"] ?? {}) as XmlElement["attributes"],
    text: inside
      .map((one) => (typeof one["#text"] === "string" ? one["#text"] : ""))
      .join("")
      .trim(),
    children: inside.flatMap((one) => elementOf(one, source) ?? []),
    line: source.slice(0, at).split(/\r\n|\n|\r/).length,
  };
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();
