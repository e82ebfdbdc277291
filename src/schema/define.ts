import type { Json } from "./json.ts";

type TypeName = "string" | "integer" | "number" | "boolean" | "null" | "array" | "object";

/**
 * The part of JSON Schema that belay's own schemas use, written `as const`: the one source of an input's types,
 * checks, help and docs. There is no oneOf, anyOf or allOf: one mistake must give one message, so alternatives are
 * `type: ["string", "integer"]`.
 */
export interface Schema {
  readonly type?: TypeName | readonly TypeName[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly properties?: { readonly [key: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

interface Primitives {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  null: null;
}

type OneType<S, T> = T extends keyof Primitives
  ? Primitives[T]
  : T extends "array"
    ? S extends { readonly items: infer Item }
      ? Typed<Item>[]
      : Json[]
    : T extends "object"
      ? ObjectType<S>
      : Json;

type ObjectType<S> = S extends { readonly properties: infer P }
  ? { [K in keyof P as K extends RequiredKeys<S> ? K : never]: Typed<P[K]> } & {
      [K in keyof P as K extends RequiredKeys<S> ? never : K]?: Typed<P[K]>;
    }
  : S extends { readonly additionalProperties: infer A }
    ? A extends boolean
      ? { [key: string]: Json }
      : { [key: string]: Typed<A> }
    : { [key: string]: Json };

type RequiredKeys<S> = S extends { readonly required: readonly (infer K)[] } ? K : never;

/** The TypeScript type of the values that a schema accepts. */
export type Typed<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly const: infer C }
    ? C
    : S extends { readonly type: infer T }
      ? T extends readonly (infer U)[]
        ? OneType<S, U>
        : OneType<S, T>
      : Json;
