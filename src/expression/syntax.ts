/** A node of a parsed expression, as far as belay looks at it. Offsets are in the expression's source. */
export interface SyntaxNode {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** One name on a path that an expression reads. */
export interface Step {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the path up to this name ends: behind the bracket in `a["b"]`. */
  readonly pathEnd: number;
}

const access = new Set([".", ".?"]);
const index = new Set(["[]", "[?]"]);
const loops = new Set(["map", "filter", "all", "exists", "exists_one"]);

function pathOf(node: SyntaxNode): Step[] | undefined {
  if (node.op === "id") return [{ name: String(node.args), start: node.start, end: node.end, pathEnd: node.end }];
  if (!access.has(node.op) && !index.has(node.op)) return undefined;
  const [left, right] = node.args as [SyntaxNode, unknown];
  const path = pathOf(left);
  if (path && access.has(node.op)) {
    const name = String(right);
    return [...path, { name, start: node.end - name.length, end: node.end, pathEnd: node.end }];
  }
  if (path && isNode(right) && right.op === "value" && typeof right.args === "string") {
    return [...path, { name: right.args, start: right.start, end: right.end, pathEnd: node.end }];
  }
  return undefined;
}

/** Every path that an expression reads, such as `steps.load.result`; names bound by a macro are left out. */
export function pathsOf(tree: SyntaxNode): Step[][] {
  const found: Step[][] = [];
  const walk = (value: unknown, bound: ReadonlySet<string>): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one, bound);
      return;
    }
    if (!isNode(value)) return;
    const path = pathOf(value);
    if (path) {
      if (!bound.has(path[0]!.name)) found.push(path);
      return;
    }
    if (value.op === "rcall") {
      const [name, receiver, args] = value.args as [string, SyntaxNode, SyntaxNode[]];
      const variable = args[0]?.op === "id" ? String(args[0].args) : undefined;
      const isBind = name === "bind" && receiver.op === "id" && receiver.args === "cel" && args.length === 3;
      if (variable !== undefined && (isBind || loops.has(name))) {
        const inner = new Set([...bound, variable]);
        walk(isBind ? args[1] : receiver, bound);
        walk(args.slice(isBind ? 2 : 1), inner);
        return;
      }
    }
    walk(value.args, bound);
  };
  walk(tree, new Set());
  return found;
}

/** Calls in an expression, for what is checked or replaced in them. */
export function callsOf(tree: SyntaxNode): { readonly args: unknown[]; readonly values: readonly SyntaxNode[] }[] {
  const found: { args: unknown[]; values: readonly SyntaxNode[] }[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one);
    if (!isNode(value)) return;
    if (value.op === "call" || value.op === "rcall") {
      const args = value.args as unknown[];
      found.push({ args, values: args.at(-1) as SyntaxNode[] });
    }
    walk(value.args);
  };
  walk(tree);
  return found;
}
