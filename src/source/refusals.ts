import type { Range } from "./diagnostic.ts";

/** A mistake at a place in the text; always an error. */
export interface Complaint {
  readonly code: string;
  readonly range: Range;
  readonly message: string;
  readonly hint?: string;
}

type Refusal = Omit<Complaint, "range">;

const dangerousKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Why a key can't stand in a map, given the keys before it. */
export function refuseKey(key: string | undefined, seen: ReadonlySet<string>): Refusal | undefined {
  if (key === undefined) return { code: "not-a-key", message: "A key must be plain text." };
  if (dangerousKeys.has(key)) return { code: "forbidden-key", message: `The key \`${key}\` is not allowed.` };
  if (key === "<<") {
    return { code: "merge-key", message: "Merge keys (`<<`) are not part of YAML 1.2.", hint: "write the keys out" };
  }
  return seen.has(key) ? { code: "duplicate-key", message: `The key \`${key}\` is already there.` } : undefined;
}

/** Why a number can't be kept as it is written. */
export function refuseNumber(value: number, source = ""): Refusal | undefined {
  if (!Number.isFinite(value)) {
    const message = `\`${source}\` is not a number that JSON knows.`;
    return { code: "not-a-number", message, hint: "quote it if text is meant" };
  }
  if (!Number.isInteger(value) || Number.isSafeInteger(value) || /^[^x]*[.eE]/.test(source)) return undefined;
  const message = `${source} is too large to be kept exactly.`;
  return { code: "integer-too-large", message, hint: "quote it if it is an identifier" };
}

const yamlTag = "tag:yaml.org,2002:";
const coreTags = new Set(["str", "int", "float", "bool", "null", "map", "seq"].map((name) => yamlTag + name));

/** Why a tag can't stand before a value. */
export function refuseTag(tag: string): Refusal | undefined {
  if (coreTags.has(tag)) return undefined;
  const message = `The tag ${tag.replace(yamlTag, "!!")} is not supported.`;
  return { code: "unknown-tag", message, hint: "write the value without it" };
}
