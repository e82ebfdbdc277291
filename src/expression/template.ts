import { evaluateKnown, type Unknown } from "./evaluate.ts";
import type { CompiledText, Language } from "./language.ts";
import { mayHoldExpression } from "./split.ts";
import type { Reference, Value, Values } from "./types.ts";

export type TreePath = readonly (string | number)[];

type Node =
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "text"; readonly text: CompiledText }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Node])[] };

/** A JSON value whose strings may hold expressions, ready to be rendered. */
export interface Template {
  readonly root: Node;
  /** Every path that its expressions read. */
  readonly references: readonly Reference[];
}

/** A tree as far as it is known now. */
export interface RenderedKnown {
  /** What is not known is the text `(known after NAME)`. */
  readonly value: Value;
  /** All names that something waits for; empty when everything is known. */
  readonly after: readonly string[];
  readonly unknownPaths: readonly TreePath[];
}

/** Throws ExpressionFailure for an expression that `check` refuses. */
export function compileTemplate(language: Language, tree: Value): Template {
  const references: Reference[] = [];
  const compile = (value: Value): Node => {
    if (typeof value === "string" && mayHoldExpression(value)) {
      const text = language.compile(value);
      references.push(...text.references);
      return { kind: "text", text };
    }
    if (typeof value !== "object" || value === null) return { kind: "constant", value };
    if (Array.isArray(value)) {
      const items = value.map(compile);
      return items.every((item) => item.kind === "constant") ? { kind: "constant", value } : { kind: "list", items };
    }
    const entries = Object.entries(value).map(([key, one]) => [key, compile(one)] as const);
    return entries.every(([, one]) => one.kind === "constant")
      ? { kind: "constant", value }
      : { kind: "object", entries };
  };
  return { root: compile(tree), references };
}

function render(node: Node, path: TreePath, text: (text: CompiledText, path: TreePath) => Value): Value {
  if (node.kind === "constant") return node.value;
  if (node.kind === "text") return text(node.text, path);
  if (node.kind === "list") return node.items.map((item, index) => render(item, [...path, index], text));
  return Object.fromEntries(node.entries.map(([key, one]) => [key, render(one, [...path, key], text)]));
}

/** The tree with every expression evaluated. Parts without expressions are the same objects as before. Throws ExpressionFailure. */
export function renderTemplate(template: Template, values: Values): Value {
  return render(template.root, [], (text) => text.evaluate(values));
}

/** The tree as far as it is known. Throws ExpressionFailure for a known part that can't be evaluated. */
export function renderKnown(template: Template, values: Values, unknown: Unknown): RenderedKnown {
  const after = new Set<string>();
  const unknownPaths: TreePath[] = [];
  const value = render(template.root, [], (text, path) => {
    const result = evaluateKnown(text, values, unknown);
    if (result.known) return result.value;
    for (const name of result.after) after.add(name);
    unknownPaths.push(path);
    return `(known after ${result.after.join(", ")})`;
  });
  return { value, after: [...after], unknownPaths };
}

/** The strings of a tree that may hold an expression, and where they are. */
export function expressionsOf(tree: Value): { readonly path: TreePath; readonly value: string }[] {
  const found: { path: TreePath; value: string }[] = [];
  const walk = (value: Value, path: TreePath): void => {
    if (typeof value === "string") {
      if (mayHoldExpression(value)) found.push({ path, value });
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) walk(one, [...path, index]);
    } else if (value !== null && typeof value === "object") {
      for (const [key, one] of Object.entries(value)) walk(one, [...path, key]);
    }
  };
  walk(tree, []);
  return found;
}
