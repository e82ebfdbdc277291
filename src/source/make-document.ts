import type { Diagnostic, Range } from "./diagnostic.ts";
import { makeLines } from "./lines.ts";
import { scalarOffsets } from "./scalar-offsets.ts";
import type { SourceDocument, SourceScalar } from "./source-document.ts";
import { child, type SourceEntry, type SourceNode } from "./source-tree.ts";

type Path = readonly (string | number)[];

/** Where a node is pointed at: a map at its first key, a block sequence at its first dash. */
function pointAt(node: SourceNode): Range {
  if (node.kind === "map") return node.entries[0]?.keyRange ?? node.range;
  if (node.kind === "seq" && !node.flow) return { start: node.range.start, end: node.range.start + 1 };
  return node.range;
}

interface Walked {
  readonly node: SourceNode;
  readonly entry: SourceEntry | undefined;
  /** The alias that the path goes through: what is wrong is wrong with this use of it. */
  readonly alias: SourceNode | undefined;
  /** False when the path leads further than the document. */
  readonly complete: boolean;
}

function walk(root: SourceNode, path: Path): Walked {
  let node = root;
  let entry: SourceEntry | undefined;
  let alias: SourceNode | undefined;
  for (const step of path) {
    if (node.kind === "alias") alias ??= node;
    const next = child(node, step);
    if (next === undefined) return { node, entry, alias, complete: false };
    node = next.node;
    entry = next.entry;
  }
  return { node, entry, alias, complete: true };
}

function makeScalar(text: string, path: Path, { node, alias }: Walked): SourceScalar | undefined {
  const target = node.kind === "alias" ? node.target : node;
  if (target.kind !== "scalar" || typeof target.value !== "string") return undefined;
  const value = target.value;
  const use = alias ?? (node.kind === "alias" ? node : undefined);
  let offsets: readonly number[] | undefined;
  return {
    path,
    value,
    sourceOffset(offset) {
      if (use) return use.range.start;
      offsets ??= scalarOffsets(text, target.range.start, target.range.end, target.style, value);
      if (offset < value.length) return offsets[offset] ?? target.range.start;
      const last = offsets[value.length - 1];
      return last === undefined ? target.range.start : Math.min(last + 1, target.range.end);
    },
  };
}

const nowhere: Range = { start: 0, end: 0 };

/** Puts a document together from what was read: `tree` is undefined when there is nothing to point into. */
export function makeDocument(
  file: string,
  text: string,
  tree: SourceNode | undefined,
  data: unknown,
  makeDiagnostics: (diagnostic: SourceDocument["diagnostic"]) => readonly Diagnostic[],
): SourceDocument {
  const position = makeLines(text);
  const diagnostic: SourceDocument["diagnostic"] = (severity, code, range, message, hint) => {
    const start = position(range.start);
    const end = position(Math.max(range.start, range.end));
    const where = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    return { severity, code, file, ...where, message, ...(hint === undefined ? {} : { hint }) };
  };
  return {
    file,
    text,
    data,
    diagnostics: makeDiagnostics(diagnostic),
    diagnostic,
    locate(path) {
      if (!tree) return nowhere;
      const { node, entry, alias } = walk(tree, path);
      if (alias) return alias.range;
      const range = pointAt(node);
      // An empty value has no characters of its own: its key is what a reader can find.
      return range.end > range.start || !entry ? range : entry.keyRange;
    },
    locateKey(path, key) {
      if (!tree) return nowhere;
      const { node, alias, complete } = walk(tree, path);
      const use = alias ?? (node.kind === "alias" ? node : undefined);
      const entry = complete ? child(node, key)?.entry : undefined;
      return entry && !use ? entry.keyRange : this.locate(path);
    },
    scalar(path) {
      if (!tree) return undefined;
      const walked = walk(tree, path);
      return walked.complete ? makeScalar(text, path, walked) : undefined;
    },
    raw(path) {
      if (!tree) return undefined;
      const { node, complete } = walk(tree, path);
      const target = node.kind === "alias" ? node.target : node;
      return complete && target.kind === "scalar" ? text.slice(target.range.start, target.range.end) : undefined;
    },
  };
}
