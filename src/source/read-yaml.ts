import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  type ParsedNode,
  Parser,
  type Scalar,
  visit,
  type YAMLError,
} from "yaml";
import type { Range } from "./diagnostic.ts";
import { makeDocument } from "./make-document.ts";
import { guardNesting } from "./nesting-guard.ts";
import { findUnreadable } from "./readable.ts";
import { type Complaint, refuseKey, refuseNumber, refuseTag } from "./refusals.ts";
import type { SourceDocument } from "./source-document.ts";
import type { ScalarStyle, ScalarValue, SourceEntry, SourceNode } from "./source-tree.ts";
import { toData } from "./to-data.ts";
import { explainSyntax, lineAround } from "./yaml-syntax.ts";

/** Data this deep is written by no author; deeper data could exhaust the stack of the library. */
const deepest = 100;
const mostAliases = 100;
/** A token takes about a microsecond; 1 MiB of honest YAML has up to 600,000 (10,000 steps in flow style). */
const mostTokens = 700_000;
/** Only the first error is shown, and each further one costs the library time. */
const mostErrors = 20;
/** Nobody reads more than this of one file. */
const mostComplaints = 100;

// Keys are compared here and not by the library, whose comparison takes quadratic time.
const options = {
  version: "1.2",
  schema: "core",
  strict: true,
  stringKeys: true,
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "error",
} as const;

type Read = { readonly complaint: Complaint } | { readonly document: Document.Parsed; readonly directive?: Range };

class Refused extends Error {
  readonly complaint: Complaint;
  constructor(complaint: Complaint) {
    super(complaint.message);
    this.complaint = complaint;
  }
}

/** Turns text into tokens, and stops when they make a tree that is too deep or too large. */
function* tokensOf(text: string): Generator<ReturnType<Parser["next"]> extends Generator<infer T> ? T : never> {
  const guard = guardNesting(deepest);
  const parser = new Parser();
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const tooDeep = guard.see(lexeme);
    if (tooDeep !== undefined) {
      const range = { start: tooDeep, end: tooDeep + 1 };
      throw new Refused({ code: "too-deep", range, message: `This is nested more than ${deepest} levels deep.` });
    }
    if (++count > mostTokens) {
      throw new Refused({
        code: "too-large",
        range: { start: 0, end: 0 },
        message: "The file has too many parts to be a runbook.",
      });
    }
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

/**
 * Lets every item of the lists below a runbook's top be forgotten once it is composed: tokens and tree of a large file
 * are never in memory together. The library only walks through the items of a block list, once.
 */
function letGoAsRead(top: CST.Token | undefined): void {
  if (top?.type !== "block-map") return;
  for (const { value } of top.items) {
    if (value?.type !== "block-seq") continue;
    const waiting: unknown[] = value.items;
    const items = {
      *[Symbol.iterator]() {
        for (let at = 0; at < waiting.length; at++) {
          const item = waiting[at];
          waiting[at] = undefined;
          yield item;
        }
      },
    };
    value.items = items as unknown as CST.BlockSequence["items"];
  }
}

function compose(text: string): Read {
  let document: Document.Parsed | undefined;
  let directive: Range | undefined;
  function* watched(): Generator<ReturnType<typeof tokensOf> extends Generator<infer T> ? T : never> {
    let errors = 0;
    for (const token of tokensOf(text)) {
      if ((token.type === "error" || token.type === "directive") && ++errors > mostErrors) return;
      if (token.type === "document") letGoAsRead(token.value);
      if (token.type === "directive") directive ??= { start: token.offset, end: token.offset + token.source.length };
      yield token;
    }
  }
  try {
    for (const one of new Composer(options).compose(watched(), true, text.length)) {
      if (document) {
        const range = { start: one.range[0], end: one.range[0] + 1 };
        return {
          complaint: {
            code: "several-documents",
            range,
            message: "The file holds several YAML documents (`---`); only one is read.",
          },
        };
      }
      document = one as Document.Parsed;
      if (document.errors.length > 0) break;
    }
  } catch (error) {
    if (error instanceof Refused) return { complaint: error.complaint };
    throw error;
  }
  return { document: document!, ...(directive ? { directive } : {}) };
}

/** The library complains of an unclosed quote where the file ends; an author looks for where it opened. */
function openingQuote(document: Document.Parsed, pos: readonly [number, number]): readonly [number, number] {
  let found = pos;
  visit(document, {
    Scalar(_, node) {
      if (node.type?.startsWith("QUOTE") && node.range && node.range[1] >= pos[0])
        found = [node.range[0], node.range[0] + 1];
    },
  });
  return found;
}

function syntaxComplaint(text: string, document: Document.Parsed, error: YAMLError): Complaint {
  const [start, end] = /Missing closing/.test(error.message) ? openingQuote(document, error.pos) : error.pos;
  const { line } = lineAround(text, start);
  const { code, message, hint } = explainSyntax(error.code, error.message, line);
  return { code, range: { start, end: Math.max(end, start) }, message, ...(hint ? { hint } : {}) };
}

const styles: { readonly [type: string]: ScalarStyle } = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

/** Turns the library's nodes into our own, and collects what a runbook may not hold. */
function makeTree(document: Document.Parsed, complain: (complaint: Complaint) => void): SourceNode {
  const anchors = new Map<string, SourceNode>();
  let aliases = 0;
  const rangeOf = (node: Node): Range => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 });

  const convert = (node: ParsedNode | null, at: Range): SourceNode => {
    if (node === null) return { kind: "scalar", range: at, style: "plain", value: null };
    const range = rangeOf(node);
    if (isAlias(node)) return convertAlias(node.source, range);
    const refusedTag = node.tag === undefined ? undefined : refuseTag(node.tag);
    if (refusedTag) complain({ ...refusedTag, range });
    const made = convertValue(node, range);
    if (node.anchor) anchors.set(node.anchor, made);
    return made;
  };

  const convertValue = (node: ParsedNode, range: Range): SourceNode => {
    if (isMap(node))
      return { kind: "map", range, entries: convertEntries(node.items as Pair<ParsedNode, ParsedNode | null>[]) };
    if (isSeq(node))
      return {
        kind: "seq",
        range,
        flow: node.flow ?? false,
        items: node.items.map((item) => convert(item as ParsedNode, range)),
      };
    return convertScalar(node as Scalar, range);
  };

  const convertAlias = (name: string, range: Range): SourceNode => {
    aliases++;
    if (aliases === mostAliases + 1)
      complain({ code: "too-many-aliases", range, message: `The file uses more than ${mostAliases} aliases.` });
    const target = anchors.get(name);
    if (target && aliases <= mostAliases) return { kind: "alias", range, target };
    // An anchor is known when its value is complete, so that a value that holds itself ends here too.
    if (!target)
      complain({
        code: "unknown-alias",
        range,
        message: `There is no complete value with the anchor &${name} before this alias.`,
      });
    return { kind: "scalar", range, style: "plain", value: null };
  };

  const convertScalar = (node: Scalar, range: Range): SourceNode => {
    const style = styles[node.type ?? "PLAIN"] ?? "plain";
    const value = node.value as ScalarValue | bigint;
    const refused = typeof value === "number" ? refuseNumber(value, node.source) : undefined;
    if (refused) complain({ ...refused, range });
    const plain = value === null || ["string", "number", "boolean"].includes(typeof value);
    return { kind: "scalar", range, style, value: plain ? (value as ScalarValue) : String(value) };
  };

  const convertEntries = (pairs: readonly Pair<ParsedNode, ParsedNode | null>[]): SourceEntry[] => {
    const seen = new Set<string>();
    const entries: SourceEntry[] = [];
    for (const pair of pairs) {
      const keyRange = rangeOf(pair.key);
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      const value = convert(pair.value, { start: keyRange.end, end: keyRange.end });
      const refused = refuseKey(key, seen);
      if (refused) complain({ ...refused, range: keyRange });
      if (refused || key === undefined) continue;
      seen.add(key);
      entries.push({ key, keyRange, value });
    }
    return entries;
  };

  return convert(document.contents as ParsedNode | null, { start: 0, end: 0 });
}

/**
 * Reads a YAML 1.2 file into plain data with positions. Never throws for what is in the file: mistakes are
 * diagnostics, and `data` is undefined when the text can't be taken apart. After a syntax error only that one is
 * reported, for the rest would follow from it. Bytes that are not UTF-8 are refused; so are files above 1 MiB.
 */
export function readYaml(file: string, content: string | Uint8Array): SourceDocument {
  const readable = findUnreadable(content);
  const text = readable.text;
  const complaints: Complaint[] = [];
  const finish = (tree?: SourceNode, data?: unknown): SourceDocument =>
    makeDocument(file, text, tree, data, (diagnostic) =>
      complaints.map((one) => diagnostic("error", one.code, one.range, one.message, one.hint)),
    );
  if (readable.problem) {
    complaints.push({ range: { start: 0, end: 0 }, ...readable.problem });
    return finish();
  }
  const read = compose(text);
  if ("complaint" in read) {
    complaints.push(read.complaint);
    return finish();
  }
  const { document, directive } = read;
  // An unknown tag is a warning of the library and gets a sentence of its own below.
  const syntax = document.errors.find(
    (error) => error.code !== "TAG_RESOLVE_FAILED" && error.code !== "NON_STRING_KEY",
  );
  if (syntax) {
    complaints.push(syntaxComplaint(text, document, syntax));
    return finish();
  }
  if (directive) {
    complaints.push({
      code: "directive",
      range: directive,
      message: "YAML directives (`%`) are not supported; the file is read as YAML 1.2.",
    });
    return finish();
  }
  if (document.contents === null) {
    complaints.push({ code: "empty-file", range: { start: 0, end: 0 }, message: "The file is empty." });
    return finish();
  }
  const tree = makeTree(document, (complaint) => {
    if (complaints.length < mostComplaints) complaints.push(complaint);
  });
  const converted = toData(tree);
  if (!converted) {
    complaints.push({
      code: "alias-bomb",
      range: { start: 0, end: 0 },
      message: "The file becomes too large when its aliases are written out.",
    });
  }
  for (const error of document.errors)
    if (complaints.length === 0) complaints.push(syntaxComplaint(text, document, error));
  return finish(tree, converted?.data);
}
