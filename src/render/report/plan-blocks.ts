import { count } from "../layout.ts";
import type { Block, Cell } from "./block.ts";
import { foldPlanRows } from "./fold-alike.ts";
import type { Report, ReportPlanRow } from "./model.ts";
import type { ReportClock } from "./report-time.ts";
import { happenedWords, plannedWords } from "./step-words.ts";

const mostChanges = 4;

/** What was foreseen, beside what happened. */
export function planBlocks({ plan, turns }: Report, clock: ReportClock): Block[] {
  const heading = { kind: "heading", text: "The plan, and what happened" } as const;
  if (!plan) {
    const text =
      turns.length === 0 ? "It never began." : "No plan was made: the run was started without one being seen (--yes).";
    return [heading, { kind: "paragraph", text, tone: "quiet" }];
  }
  if (!plan.rows) {
    const text = `A plan was agreed to (${plan.digest}), but its file ${plan.changed ? "WAS CHANGED: it is another plan now" : "is gone, or is no plan any more"}.`;
    return [heading, { kind: "paragraph", text, tone: "alarm" }];
  }
  const different = plan.rows.filter((row) => row.difference !== undefined).length;
  const words = `Plan ${plan.digest.slice(0, 12)}, made ${clock.whole(plan.madeAt ?? "")}. ${plan.changed ? "It can't be told what was planned." : different === 0 ? "What happened is what was planned." : `${count(different, "step")} went differently.`}`;
  const rows = foldPlanRows(plan.rows).map((unit) => {
    if (!unit.many) return cells(unit.one, unit.one.id);
    const [first] = unit.all;
    const durations = unit.all.map(({ durationMs }) => durationMs ?? 0);
    const all = {
      ...(first as ReportPlanRow),
      happened: (first?.happened ?? []).map((one) => ({ ...one, count: one.count * unit.all.length })),
      durationMs: durations.reduce((a, b) => Math.max(a, b), 0),
    };
    return cells(all, `${unit.all.length} × ${unit.pattern}`);
  });
  return [
    heading,
    ...(plan.changed
      ? ([
          {
            kind: "paragraph",
            text: "THE PLAN'S FILE WAS CHANGED: it is not the one that was agreed to, and what stands below is of no worth.",
            tone: "alarm",
          },
        ] as const)
      : []),
    { kind: "paragraph", text: words, tone: different === 0 && !plan.changed ? "plain" : "alarm" },
    { kind: "table", head: ["step", "planned", "happened", "difference"], rows },
  ];
}

function cells(row: ReportPlanRow, name: string): Cell[] {
  const more = row.changes.length > mostChanges ? [`${row.changes.length - mostChanges} more`] : [];
  const changes = [...row.changes.slice(0, mostChanges), ...more].join("; ");
  const { difference } = row;
  return [
    { text: name, code: true },
    { text: `${plannedWords(row.planned)}${changes === "" ? "" : `: ${changes}`}` },
    { text: happenedWords(row) },
    difference === undefined ? { text: "" } : { text: difference, tone: "alarm" },
  ];
}
