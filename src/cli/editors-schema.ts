import type { Action } from "../action/define-action.ts";
import { catalog } from "../actions/catalog.ts";
import { includeAction } from "../runbook/draft.ts";
import { vouchable } from "../runbook/effect.ts";
import { runbookSchema, stepSchema } from "../runbook/envelope-schema.ts";

export type JsonSchema = { readonly [key: string]: unknown };

export const schemaDraft = "http://json-schema.org/draft-07/schema#";

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

const ref = (name: string) => ({ $ref: `#/definitions/${name}` });

/**
 * The schema for editors. Which `with` is right depends on `uses`, and which keys a step has on whether it is a group,
 * so one wrong key is one message.
 */
export async function runbookForEditors(): Promise<JsonSchema> {
  const loaded = await Promise.all(catalog.names.map((name) => catalog.load(name)));
  const actions = loaded.flatMap((action) => action ?? []);
  const kinds = (await Promise.all(catalog.kinds.map((kind) => catalog.loadKind(kind)))).flatMap((kind) => kind ?? []);
  const steps = { type: "array", items: ref("step") };
  const list = (key: "preflight" | "steps" | "finally") => ({
    ...steps,
    ...(key === "steps" ? { minItems: 1 } : {}),
    description: runbookSchema.properties[key].description,
  });
  const connection = {
    ...runbookSchema.properties.connections.additionalProperties,
    additionalProperties: false,
    properties: Object.fromEntries(kinds.map(({ kind }) => [kind, ref(`connection-${kind}`)])),
  };
  return {
    $schema: schemaDraft,
    title: "belay runbook, version 1",
    ...runbookSchema,
    properties: {
      ...runbookSchema.properties,
      connections: { ...runbookSchema.properties.connections, additionalProperties: connection },
      preflight: list("preflight"),
      steps: list("steps"),
      finally: list("finally"),
    },
    definitions: {
      step: stepDefinition(actions, steps),
      ...Object.fromEntries(
        actions.map(({ name, summary, input }) => [
          `with-${name}`,
          { description: summary, ...withExpressions(input as JsonSchema) },
        ]),
      ),
      ...Object.fromEntries(
        kinds.map(({ kind, summary, config }) => [
          `connection-${kind}`,
          { description: summary, ...withExpressions(config as JsonSchema) },
        ]),
      ),
    },
  };
}

/** What a group has no use for: editors say so at the key. */
const notOfGroups = [
  "with",
  "on",
  "check",
  "expect",
  "confirm",
  "retry",
  "timeout",
  "reads",
  "repeatable",
  "once",
  "undo",
];

function stepDefinition(actions: readonly Action[], steps: JsonSchema): JsonSchema {
  const { uses, check, undo } = stepSchema.properties;
  const looks = actions.filter((action) => action.effect === "read" || vouchable(action));
  const undoing = actions.filter((action) => action.effect === "change" || action.effect === "manual");
  const forbidden = Object.fromEntries(["uses", ...notOfGroups].map((key) => [key, false]));
  const included = { required: ["with"], properties: { with: includeInput } };
  return {
    ...stepSchema,
    properties: {
      ...stepSchema.properties,
      uses: { enum: [...names(actions), includeAction], description: uses.description },
      check: {
        ...check,
        properties: {
          ...check.properties,
          uses: { enum: names(looks), description: check.properties.uses.description },
        },
        allOf: looks.map(withOf),
      },
      undo: {
        ...undo,
        type: "object",
        minProperties: 1,
        properties: {
          ...undo.properties,
          uses: { enum: names(undoing), description: undo.properties.uses.description },
        },
        allOf: undoing.map(withOf),
      },
      steps: { ...steps, minItems: 1, description: stepSchema.properties.steps.description },
    },
    allOf: [
      ...actions.map(withOf),
      whenUses(includeAction, included),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      { if: { required: ["steps"] }, then: { properties: forbidden }, else: { required: ["uses"] } },
    ],
  };
}

const names = (actions: readonly Action[]) => actions.map(({ name }) => name);

function whenUses(name: string, then: JsonSchema): JsonSchema {
  return { if: { properties: { uses: { const: name } }, required: ["uses"] }, then };
}

const withOf = ({ name }: Action) => whenUses(name, { properties: { with: ref(`with-${name}`) } });

const includeInput = {
  type: "object",
  additionalProperties: false,
  required: ["runbook"],
  description: "The other runbook, and what it gets.",
  properties: {
    runbook: { type: "string", minLength: 1, description: "Its path from this file, or its name." },
    inputs: { type: "object", description: "Its inputs." },
  },
};

function withExpressions(input: JsonSchema): JsonSchema {
  const properties = (input["properties"] ?? {}) as JsonSchema;
  return {
    ...input,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, orExpression(value as JsonSchema)]),
    ),
  };
}
