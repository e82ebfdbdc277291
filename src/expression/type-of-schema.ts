import type { ValueType } from "./types.ts";

/** The part of a JSON Schema that says what an expression may name. */
export interface SchemaLike {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: SchemaLike;
  readonly properties?: { readonly [key: string]: SchemaLike };
  readonly additionalProperties?: boolean | SchemaLike;
}

const simple: { readonly [type: string]: string } = {
  string: "string",
  integer: "int",
  number: "double",
  boolean: "bool",
  null: "null",
};

function typeOfConstants(values: readonly unknown[]): string {
  const types = new Set(values.map((value) => (value === null ? "null" : typeof value)));
  if (types.size !== 1) return "dyn";
  const [type] = types;
  if (type === "string") return "string";
  return type === "boolean" ? "bool" : "dyn";
}

/** `list<…>` and `map<…>` hold simple types; what is deeper is not known to CEL. */
const inner = (schema: SchemaLike | undefined): string => {
  const type = schema ? valueTypeOf(schema) : "dyn";
  return typeof type === "string" ? type : "dyn";
};

/**
 * What an expression may name in a value that fits a schema. Keys that may be absent have their type all the same;
 * a value that may have several types is `dyn`.
 */
export function valueTypeOf(schema: SchemaLike): ValueType {
  if (schema.enum) return typeOfConstants(schema.enum);
  if (schema.const !== undefined) return typeOfConstants([schema.const]);
  const type = typeof schema.type === "object" ? (schema.type.length === 1 ? schema.type[0] : undefined) : schema.type;
  if (type === undefined) return "dyn";
  if (type === "array") return `list<${inner(schema.items)}>`;
  if (type !== "object") return simple[type] ?? "dyn";
  const { properties, additionalProperties } = schema;
  if (!properties || Object.keys(properties).length === 0) {
    if (properties && additionalProperties === false) return {};
    return typeof additionalProperties === "object" ? `map<string, ${inner(additionalProperties)}>` : "dyn";
  }
  if (additionalProperties !== undefined && additionalProperties !== false) return "dyn";
  return Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, valueTypeOf(one)]));
}
