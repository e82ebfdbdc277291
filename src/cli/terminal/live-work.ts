import type { RunState } from "../../event/run-state.ts";
import { depthOf, titleAt } from "../../render/node-title.ts";
import type { Style } from "../../render/style.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { findNode } from "../../runbook/walk.ts";
import { earlierInstances, groupText, type LiveGroup, repeatedAbove } from "./live-groups.ts";
import type { LiveText } from "./live-region.ts";
import { type LiveLook, type LiveStep, linesShown, liveText } from "./live-step.ts";

/** Everything that is at work, and what is drawn of it. */
export interface LiveWork {
  /** The step that an event tells of; looking at a step comes before its start. Undefined for what has ended already. */
  at(id: string, key: string): LiveStep | undefined;
  begin(id: string, key: string): LiveStep;
  end(id: string, key: string): void;
  beginGroup(id: string, instances: number): void;
  /** One instance of a repeated node is through, or failed. */
  countInstance(id: string, failed: boolean): void;
  endGroup(id: string): void;
  before(state: RunState): void;
  has(id: string): boolean;
  /** The steps that wait for nobody. */
  busy(): string[];
  /** The steps that wait for their next attempt. */
  retrying(): string[];
  readonly size: number;
  texts(look: { paint: Style; pausing: boolean; idWidth: number; rows: number }): readonly LiveText[];
  clear(): void;
}

/** What ends sooner is never drawn. */
const patienceMs = 80;
const mostShown = 6;
/** What a program says may come after its end: it begins nothing anew. */
const endsRemembered = 64;

export function liveWork(runbook: Runbook): LiveWork {
  const steps = new Map<string, LiveStep>();
  const groups = new Map<string, LiveGroup>();
  const ended = new Set<string>();
  const make = (id: string, begun: boolean): LiveStep => {
    const expectedMs = findNode(runbook, id)?.node.expectedDurationMs;
    const step: LiveStep = {
      id,
      title: titleAt(runbook, id),
      depth: depthOf(runbook, id),
      begunAt: Date.now(),
      begun,
      lines: [],
      ...(expectedMs === undefined ? {} : { expectedMs }),
    };
    steps.set(id, step);
    return step;
  };
  const group = (id: string, counts: Pick<LiveGroup, "done" | "total">) =>
    groups.set(id, {
      title: titleAt(runbook, id),
      depth: depthOf(runbook, id),
      begunAt: Date.now(),
      failed: 0,
      ...counts,
    });
  return {
    at: (id, key) => steps.get(id) ?? (ended.has(key) ? undefined : make(id, false)),
    begin: (id, key) => {
      ended.delete(key);
      // Looking at it may have taken long; the step's own time begins now.
      return make(id, true);
    },
    end(id, key) {
      steps.delete(id);
      if (key !== "") ended.add(key);
      for (const oldest of ended) {
        if (ended.size <= endsRemembered) break;
        ended.delete(oldest);
      }
    },
    beginGroup: (id, total) => void group(id, { total, done: 0 }),
    countInstance(id, failed) {
      const above = groups.get(repeatedAbove(id).at(-1) ?? "");
      if (above) above[failed ? "failed" : "done"] += 1;
    },
    endGroup: (id) => void groups.delete(id),
    before(state) {
      for (const [id, known] of state.steps)
        if (known.group?.instances && known.status === "running") group(id, earlierInstances(state, id));
    },
    has: (id) => steps.has(id),
    busy: () => [...steps.values()].filter(({ waits }) => !waits).map(({ id }) => id),
    retrying: () => [...steps.values()].filter(({ retryAt }) => retryAt !== undefined).map(({ id }) => id),
    get size() {
      return steps.size;
    },
    texts: ({ paint, pausing, idWidth, rows }) => {
      const now = Date.now();
      const ripe = [...steps.values()].filter(({ begunAt, waits }) => waits || now - begunAt >= patienceMs);
      const most = Math.max(1, Math.min(mostShown, Math.floor((rows - 4) / 3)));
      // Who waits for a person comes first.
      const first = ripe.filter(({ waits }) => waits).slice(0, most);
      const shown = new Set([...first, ...ripe.filter(({ waits }) => !waits).slice(0, most - first.length)]);
      const look: LiveLook = { now, paint, pausing, idWidth, lines: ripe.length > 1 ? 1 : linesShown };
      const drawn = rowsOf(
        ripe.filter((step) => shown.has(step)),
        groups,
        look,
        0,
      );
      const more = ripe.length - shown.size;
      return more > 0 ? [...drawn, { title: paint.dim(`… and ${more} more running`), below: [] }] : drawn;
    },
    clear() {
      steps.clear();
      groups.clear();
    },
  };
}

/** Steps behind the lines of the repeated groups that they belong to. */
function rowsOf(
  steps: readonly LiveStep[],
  groups: ReadonlyMap<string, LiveGroup>,
  look: LiveLook,
  level: number,
): LiveText[] {
  const families = new Map<string, LiveStep[]>();
  for (const step of steps) {
    const above = repeatedAbove(step.id)[level] ?? "";
    const name = above === "" ? `step ${step.id}` : above;
    families.set(name, [...(families.get(name) ?? []), step]);
  }
  return [...families].flatMap(([name, members]) => {
    if (name.startsWith("step ")) return members.map((step) => liveText(step, look));
    const group = groups.get(name);
    return [...(group ? [groupText(name, group, look)] : []), ...rowsOf(members, groups, look, level + 1)];
  });
}
