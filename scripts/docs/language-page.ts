import { makeFunctions } from "../../src/expression/functions.ts";
import { runbookSchema, stepSchema } from "../../src/runbook/envelope-schema.ts";
import type { Schema } from "../../src/schema/define.ts";
import { exitCodeTable } from "./exit-codes.ts";
import { type Field, fieldsOf, table, typeWords } from "./field-tables.ts";

const isReserved = ({ description = "" }: Schema) => description.includes("refused until then");

const keys = (schema: Schema): Field[] => fieldsOf(schema).filter(({ name }) => !/[.[]/.test(name));

function keyTable(schema: Schema): string {
  const rows = keys(schema)
    .filter((field) => !isReserved(field.schema))
    .map(({ name, schema: field, required }) => [
      `\`${name}\``,
      name === "preflight" || name === "steps" || name === "finally" ? "list of steps" : typeWords(field),
      required ? "**required**" : "",
      field.description ?? "",
    ]);
  return table(["key", "type", "", "meaning"], rows);
}

function reservedTable(): string {
  const later = (where: string, schema: Schema) =>
    keys(schema)
      .filter((field) => isReserved(field.schema))
      .map(({ name, schema: field }) => [
        `\`${name}\``,
        where,
        (field.description ?? "").replace(/ Comes in a later version; refused until then\.$/, ""),
      ]);
  return table(
    ["key", "of", "what it will be"],
    [
      ...later("a runbook", runbookSchema),
      ...later("a step", stepSchema),
      ...later("`confirm`", stepSchema.properties.confirm),
    ],
  );
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
    "reserved-keys": reservedTable(),
    "exit-codes": exitCodeTable(),
    functions: functionTable(),
  };
  return template.replace(/<!-- generated: ([a-z-]+) -->/g, (_, name: string) => {
    const made = tables[name];
    if (made === undefined) throw new Error(`language.md asks for a table that nobody makes: ${name}`);
    return made;
  });
}
