import type { Block } from "./block.ts";
import type { Report } from "./model.ts";
import type { ReportClock } from "./report-time.ts";

/** What vouches for the report, and where everything is. */
export function proofBlocks({ chain, files, madeAt, madeBy, zone }: Report, clock: ReportClock): Block[] {
  return [
    { kind: "heading", text: "The record" },
    ...chain.found.map((text): Block => ({ kind: "paragraph", text, tone: chain.verified ? "plain" : "alarm" })),
    {
      kind: "facts",
      rows: [
        ["records", [{ text: `${chain.records}` }]],
        ["first hash", [{ text: chain.firstHash ?? "none", code: true }]],
        ["last hash", [{ text: chain.lastHash ?? "none", code: true }]],
        ...Object.entries(files).map(([name, file]) => [name, [{ text: file, code: true }]] as const),
      ],
    },
    {
      kind: "paragraph",
      text: "Each record is chained to the one before it by SHA-256. That shows a record that was changed, added, moved or taken out; it does not show a chain that was made anew from the start, or records taken off its end. The last hash does, where it is kept elsewhere.",
      tone: "quiet",
    },
    {
      kind: "paragraph",
      text: `Made by belay ${madeBy.belay} at ${clock.whole(madeAt)}. Times are UTC; the local zone is ${zone}. Secrets are in no record.`,
      tone: "quiet",
    },
  ];
}
