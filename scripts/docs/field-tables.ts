import { durationPattern } from "../../src/action/duration.ts";
import type { Schema } from "../../src/schema/define.ts";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (value: unknown) => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

export function typeWords({ type, items, additionalProperties, enum: choices }: Schema): string {
  if (choices && choices.length <= 8) return choices.map((one) => code(one)).join(", ");
  if (type === undefined) return "anything";
  const one = (name: string) => {
    if (name === "array") return `list of ${items ? typeWords(items) : "anything"}`;
    if (name === "object")
      return typeof additionalProperties === "object" ? `map of ${typeWords(additionalProperties)}` : "map";
    return name;
  };
  return (typeof type === "string" ? [type] : type).map(one).join(" or ");
}

function constraintWords({ pattern, minimum, maximum, minItems }: Schema): string[] {
  return [
    ...(pattern === undefined ? [] : [pattern === durationPattern ? "a duration" : `matches ${code(pattern)}`]),
    ...(minimum === undefined || minimum === 0 ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(minItems === undefined || minItems === 0 ? [] : [minItems === 1 ? "not empty" : `at least ${minItems}`]),
  ];
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The keys of an object schema, nested ones with their path: `tls.ca`, `ask.NAME.type`, `homes[].path`. */
export function fieldsOf(schema: Schema, lead = ""): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = `${lead}${key}`;
    const inner = nested(field);
    const required = schema.required?.includes(key) === true;
    return [{ name, schema: field, required }, ...(inner ? fieldsOf(inner.schema, `${name}${inner.lead}`) : [])];
  });
}

function nested(field: Schema): { schema: Schema; lead: string } | undefined {
  if (field.properties) return { schema: field, lead: "." };
  if (field.items?.properties) return { schema: field.items, lead: "[]." };
  const more = field.additionalProperties;
  return typeof more === "object" && more.properties ? { schema: more, lead: ".NAME." } : undefined;
}

/** Name, type, whether it must be there, and what it means. */
export function inputTable(fields: readonly Field[]): string {
  return table(
    ["key", "type", "", "meaning"],
    fields.map(({ name, schema, required }) => [
      `\`${name}\``,
      typeWords(schema),
      schema.default !== undefined ? `default ${code(schema.default)}` : required ? "**required**" : "",
      meaning(schema),
    ]),
  );
}

/** Name, type and meaning: of what an action gives back. */
export function resultTable(fields: readonly Field[]): string {
  return table(
    ["key", "type", "meaning"],
    fields.map(({ name, schema }) => [`\`${name}\``, typeWords(schema), meaning(schema)]),
  );
}

function meaning(schema: Schema): string {
  const text = (schema.description ?? "").trim().replace(/\.$/, "");
  return [text, ...constraintWords(schema)].filter((part) => part !== "").join("; ");
}
