import { catalog } from "../actions/catalog.ts";
import { journalEvents, passingEvents } from "../event/event-schema.ts";
import { eventFormat } from "../render/ndjson-view.ts";
import { vouchable } from "../runbook/effect.ts";
import { runbookSchema, stepSchema } from "../runbook/envelope-schema.ts";

type JsonSchema = { readonly [key: string]: unknown };

const draft = "http://json-schema.org/draft-07/schema#";

/** Values may be expressions: an editor accepts `${{ … }}` where another type is asked for. */
const expression = { type: "string", pattern: "\\$\\{\\{" };

function orExpression(schema: JsonSchema): JsonSchema {
  const { type, properties, items, additionalProperties } = schema;
  const inner: JsonSchema = {
    ...schema,
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties as JsonSchema).map(([key, value]) => [key, orExpression(value as JsonSchema)]),
          ),
        }
      : {}),
    ...(items ? { items: orExpression(items as JsonSchema) } : {}),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: orExpression(additionalProperties as JsonSchema) }
      : {}),
  };
  return type === "string" && !schema["pattern"] && !schema["enum"]
    ? inner
    : type === undefined
      ? inner
      : { anyOf: [inner, expression] };
}

/** The schema for editors: which `with` is right depends on `uses`, so one wrong key is one message. */
async function runbookForEditors(): Promise<JsonSchema> {
  const actions = (await Promise.all(catalog.names.map((name) => catalog.load(name)))).flatMap((action) =>
    action ? [action] : [],
  );
  const looks = actions.filter((action) => action.effect === "read" || vouchable(action)).map((action) => action.name);
  const step = {
    ...stepSchema,
    properties: {
      ...stepSchema.properties,
      uses: { enum: actions.map((action) => action.name), description: stepSchema.properties.uses.description },
    },
    allOf: actions.map((action) => ({
      if: { properties: { uses: { const: action.name } }, required: ["uses"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { with: { description: action.summary, ...withExpressions(action.input as JsonSchema) } } },
    })),
  };
  const check = {
    ...stepSchema.properties.check,
    properties: { ...stepSchema.properties.check.properties, uses: { enum: looks } },
  };
  const steps = { type: "array", items: { ...step, properties: { ...step.properties, check } } };
  return {
    $schema: draft,
    title: "belay runbook, version 1",
    ...runbookSchema,
    properties: { ...runbookSchema.properties, preflight: steps, steps, finally: steps },
  };
}

function withExpressions(input: JsonSchema): JsonSchema {
  const properties = (input["properties"] ?? {}) as JsonSchema;
  return {
    ...input,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, orExpression(value as JsonSchema)]),
    ),
  };
}

/** Every line of `--output ndjson`. */
function eventLines(): JsonSchema {
  const variants = Object.entries({ ...journalEvents, ...passingEvents }).map(([type, schema]) => ({
    ...schema,
    required: [...new Set(["v", "run", "at", "type", ...schema.required])],
    properties: {
      v: { const: eventFormat },
      run: { type: "string" },
      at: { type: "string" },
      type: { const: type },
      ...schema.properties,
    },
  }));
  return {
    $schema: draft,
    title: "belay event line, version 1",
    type: "object",
    required: ["type"],
    discriminator: { propertyName: "type" },
    oneOf: variants,
  };
}

/** The published schemas by name. `schemas/` holds them as files; a test holds the two together. */
export async function publishedSchemas(): Promise<{ [name: string]: JsonSchema }> {
  return { runbook: await runbookForEditors(), event: eventLines() };
}
