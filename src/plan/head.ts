import { renderKnown } from "../expression/template.ts";
import { scopeOf } from "../look/world.ts";
import type { Node } from "../runbook/runbook.ts";
import type { PlannedStep } from "./plan.ts";
import { type Planning, unknownIn } from "./planning.ts";

type Own = Partial<
  Pick<
    PlannedStep,
    "kind" | "state" | "reason" | "after" | "conditional" | "instances" | "concurrency" | "maxFailures" | "included"
  >
>;

/** The row of what holds steps. */
export function headOf(planning: Planning, node: Node, address: string, own: Own = {}): PlannedStep {
  const group = node.kind === "group" && own.kind !== "each" && node.parallel ? node : undefined;
  return {
    id: address,
    kind: node.kind,
    depth: planning.depth,
    section: planning.section,
    ...(planning.part === undefined ? {} : { part: planning.part }),
    title: titleOf(planning, node),
    uses: node.kind === "step" ? node.uses : node.kind === "include" ? "runbook" : "",
    effect: "none",
    state: "group",
    reason: "",
    input: null,
    after: [],
    conditional: false,
    changes: [],
    noReturn: false,
    ...(group ? { parallel: true, ...(group.atOnce < group.steps.length ? { concurrency: group.atOnce } : {}) } : {}),
    ...(node.expectedDurationMs === undefined ? {} : { expectedDurationMs: node.expectedDurationMs }),
    ...(node.notes === undefined ? {} : { notes: node.notes }),
    ...own,
  };
}

/** The title of a list says nothing of its items. */
function titleOf(planning: Planning, node: Node): string {
  const isEach = (root: string | undefined) => root === "each" && planning.world.values.each === undefined;
  const unknown = unknownIn(planning);
  const { value, after } = renderKnown(node.title, scopeOf(planning.world.values), (path) =>
    isEach(path[0]) ? "each" : unknown(path),
  );
  return after.includes("each") ? node.plainTitle : String(value);
}
