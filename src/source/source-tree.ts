import type { Range } from "./diagnostic.ts";

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** A YAML document without its library: what was written, and where. */
export type SourceNode =
  | { readonly kind: "map"; readonly range: Range; readonly entries: readonly SourceEntry[] }
  | { readonly kind: "seq"; readonly range: Range; readonly flow: boolean; readonly items: readonly SourceNode[] }
  | { readonly kind: "scalar"; readonly range: Range; readonly style: ScalarStyle; readonly value: ScalarValue }
  | { readonly kind: "alias"; readonly range: Range; readonly target: SourceNode };

export type ScalarValue = null | boolean | number | string;

export interface SourceEntry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: SourceNode;
}

/** Follows one key or index; aliases are seen through. */
export function child(
  parent: SourceNode,
  step: string | number,
): { node: SourceNode; entry?: SourceEntry } | undefined {
  const node = parent.kind === "alias" ? parent.target : parent;
  if (node.kind === "map") {
    const entry = node.entries.find((one) => one.key === String(step));
    return entry && { node: entry.value, entry };
  }
  if (node.kind === "seq") {
    const item = node.items[Number(step)];
    return item && { node: item };
  }
  return undefined;
}
