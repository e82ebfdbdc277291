import { makeFunctions } from "../../src/expression/functions.ts";
import { runbookSchema, stepSchema } from "../../src/runbook/envelope-schema.ts";
import type { Schema } from "../../src/schema/define.ts";
import { exitCodeTable } from "./exit-codes.ts";
import { type Field, fieldsOf, table, typeWords } from "./field-tables.ts";

const keys = (schema: Schema): Field[] => fieldsOf(schema).filter(({ name }) => !/[.[]/.test(name));

function keyTable(schema: Schema): string {
  const rows = keys(schema).map(({ name, schema: field, required }) => [
    `\`${name}\``,
    ["preflight", "steps", "finally"].includes(name) ? "list of steps" : typeWords(field),
    required ? "**required**" : "",
    field.description ?? "",
  ]);
  return table(["key", "type", "", "meaning"], rows);
}

function functionTable(): string {
  const plain = (value: unknown) => value as never;
  const named = (signature: string) =>
    signature
      .replaceAll("google.protobuf.Timestamp", "timestamp")
      .replace("zonedTimestamp", "timestamp")
      .replace("matchesBounded", "matches");
  const rows = makeFunctions(plain).map((one) => [
    `\`${named(one.signature)}\``,
    one.description,
    `\`${one.example}\``,
  ]);
  return table(["function", "what it gives", "example"], rows);
}

/** docs/language.md: the prose of language.md beside this file, with tables made from the schemas. */
export function languagePage(template: string): string {
  const tables: { readonly [name: string]: string } = {
    "runbook-keys": keyTable(runbookSchema),
    "input-keys": keyTable(runbookSchema.properties.inputs.additionalProperties),
    "step-keys": keyTable(stepSchema),
    "check-keys": keyTable(stepSchema.properties.check),
    "confirm-keys": keyTable(stepSchema.properties.confirm),
    "retry-keys": keyTable(stepSchema.properties.retry),
    "undo-keys": keyTable(stepSchema.properties.undo),
    "secret-keys": keyTable(runbookSchema.properties.secrets.additionalProperties),
    "deadline-keys": keyTable(runbookSchema.properties.deadlines.additionalProperties),
    "exit-codes": exitCodeTable(),
    functions: functionTable(),
  };
  return template.replace(/<!-- generated: ([a-z-]+) -->/g, (_, name: string) => {
    const made = tables[name];
    if (made === undefined) throw new Error(`language.md asks for a table that nobody makes: ${name}`);
    return made;
  });
}
