import type { Template } from "../expression/template.ts";
import type { Json } from "../schema/json.ts";
import { hang } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";

/** A template as its author wrote it. */
export function writtenOf(template: Template): Json {
  const of = (node: Template["root"]): Json => {
    switch (node.kind) {
      case "constant":
        return node.value;
      case "text":
        return node.text.value;
      case "list":
        return node.items.map(of);
      case "object":
        return Object.fromEntries(node.entries.map(([key, one]) => [key, of(one)]));
    }
  };
  return of(template.root);
}

/** A scalar or a short list on one line. */
export function inline(value: Json): string {
  if (typeof value === "string") return value === "" ? '""' : printable(value);
  if (Array.isArray(value)) return `[${value.map(item).join(", ")}]`;
  return printable(JSON.stringify(value));
}

/** In a list, what holds a separator is quoted. */
function item(value: Json): string {
  const text = inline(value);
  return typeof value === "string" && /[\s,[\]"]/.test(text) && !text.startsWith('"') ? JSON.stringify(text) : text;
}

/** A map as `key: value` lines, nested ones set in. */
export function valueLines(value: Json, indent: number, width: number): string[] {
  const lead = " ".repeat(indent);
  if (typeof value !== "object" || value === null) return hang(lead, inline(value), width);
  if (Array.isArray(value)) {
    return value.flatMap((one) =>
      isFlat(one) ? hang(`${lead}- `, inline(one), width) : [`${lead}-`, ...valueLines(one, indent + 2, width)],
    );
  }
  return Object.entries(value).flatMap(([key, one]) => {
    if (typeof one === "string" && one.trimEnd().includes("\n"))
      return [`${lead}${key}: |`, ...printableLines(one.trimEnd()).map((line) => `${lead}  ${line}`.trimEnd())];
    if (isFlat(one) || (Array.isArray(one) && one.every(isFlat))) return hang(`${lead}${key}: `, inline(one), width);
    return [`${lead}${key}:`, ...valueLines(one, indent + 2, width)];
  });
}

function isFlat(value: Json): boolean {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}
