import type { SourceNode } from "./source-tree.ts";

/** What a document may grow to when its aliases are written out. */
const mostNodes = 200_000;

/** Plain JSON data of a tree, each alias a copy of its own; undefined when that would be too much. */
export function toData(tree: SourceNode): { readonly data: unknown } | undefined {
  let left = mostNodes;
  const convert = (node: SourceNode): unknown => {
    if (--left < 0) return undefined;
    if (node.kind === "alias") return convert(node.target);
    if (node.kind === "scalar") return node.value;
    if (node.kind === "seq") return node.items.map(convert);
    const data: { [key: string]: unknown } = {};
    for (const entry of node.entries) data[entry.key] = convert(entry.value);
    return data;
  };
  const data = convert(tree);
  return left < 0 ? undefined : { data };
}
