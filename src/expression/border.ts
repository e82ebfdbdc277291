import type { Value, ValueType } from "./types.ts";

/** Nothing that a program prints is nested deeper on purpose, and recursion has to end somewhere. */
const deepest = 200;

function typeOfKey(type: ValueType | undefined, key: string): ValueType | undefined {
  if (typeof type === "object") return Object.hasOwn(type, key) ? type[key] : undefined;
  const map = type?.match(/^map<\s*string\s*,\s*(.+)>$/);
  return map?.[1];
}

/** A JSON value as CEL wants it: whole numbers are BigInt unless the type says `double`. */
export function toCel(value: Value, type?: ValueType, depth = 0): unknown {
  if (depth > deepest) throw new Error(`the value is nested more than ${deepest} levels deep`);
  if (typeof value === "number") return Number.isSafeInteger(value) && type !== "double" ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const item = typeof type === "string" ? /^list<(.+)>$/.exec(type)?.[1] : undefined;
    return value.map((one) => toCel(one, item, depth + 1));
  }
  const object: { [key: string]: unknown } = Object.create(null);
  for (const key of Object.keys(value)) object[key] = toCel(value[key]!, typeOfKey(type, key), depth + 1);
  return readableObject(object);
}

/** The paths that an expression reads, as a tree; `true` means the whole value below. */
export type Wanted = Map<string, Wanted | true>;

export function wantedPaths(paths: readonly (readonly string[])[]): Wanted {
  const root: Wanted = new Map();
  for (const path of paths) {
    let node = root;
    for (const [index, step] of path.entries()) {
      const next = node.get(step);
      if (next === true) break;
      if (index === path.length - 1) {
        node.set(step, true);
        break;
      }
      const made: Wanted = next ?? new Map();
      node.set(step, made);
      node = made;
    }
  }
  return root;
}

/** Like toCel, for only those parts that are read: results can be large, and most expressions read one number. */
export function toCelPart(value: Value, wanted: Wanted | true, type?: ValueType): unknown {
  if (wanted === true || typeof value !== "object" || value === null || Array.isArray(value)) return toCel(value, type);
  const object: { [key: string]: unknown } = Object.create(null);
  for (const [key, below] of wanted) {
    if (Object.hasOwn(value, key)) object[key] = toCelPart(value[key]!, below, typeOfKey(type, key));
  }
  return readableObject(object);
}

/** The library takes what stands under `constructor` for the class of an object; of a map it knows what it is. */
function readableObject(object: { [key: string]: unknown }): unknown {
  return Object.hasOwn(object, "constructor") ? new Map(Object.entries(object)) : object;
}

/** What the border needs to know of the library's own value classes. */
export interface CelClasses {
  /** The plain form of a value of one of the library's classes; undefined for other values. */
  unwrap(value: object): { readonly plain: unknown } | undefined;
}

/** A CEL value as JSON. Throws an Error with a reason for what JSON can't hold. */
export function fromCel(value: unknown, classes: CelClasses): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (value === undefined) return null;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new Error(`the result is ${value}, which is not a number that JSON knows`);
  }
  if (typeof value === "bigint") {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new Error(`the result ${value} is too large to be kept exactly; make it a string with string()`);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array)
    throw new Error("the result is bytes; make it text with .string(), .hex() or .base64()");
  if (Array.isArray(value) || value instanceof Set) return [...value].map((one) => fromCel(one, classes));
  if (typeof value !== "object") throw new Error(`the result is a ${typeof value}`);
  const unwrapped = classes.unwrap(value);
  if (unwrapped) return fromCel(unwrapped.plain, classes);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const object: { [key: string]: Value } = {};
  for (const [key, one] of entries) {
    if (one !== undefined) object[key === "__proto__" ? "_proto_" : String(key)] = fromCel(one, classes);
  }
  return object;
}

/** A value as part of a text: nothing for null, JSON for lists and objects. */
export function toText(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
