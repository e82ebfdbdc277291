import type { Json } from "./json.ts";

/** Where in a value: keys and indexes from its root. */
export type Path = readonly (string | number)[];

/** One mistake in a value, without words: the wording and the position in a file are added where they are known. */
export type SchemaProblem =
  | { readonly kind: "unknown-key"; readonly path: Path; readonly key: string; readonly allowed: readonly string[] }
  | { readonly kind: "missing-key"; readonly path: Path; readonly key: string }
  | { readonly kind: "wrong-type"; readonly path: Path; readonly expected: readonly string[]; readonly value: Json }
  | { readonly kind: "not-allowed"; readonly path: Path; readonly allowed: readonly Json[]; readonly value: Json }
  | { readonly kind: "invalid"; readonly path: Path; readonly value: Json; readonly rule: string };
