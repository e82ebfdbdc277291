import { aboutBlocks } from "./about-blocks.ts";
import type { Block } from "./block.ts";
import type { Report } from "./model.ts";
import { planBlocks } from "./plan-blocks.ts";
import { proofBlocks } from "./proof-blocks.ts";
import { reportClock } from "./report-time.ts";
import { stepBlocks } from "./step-blocks.ts";

/** The parts of a report in the order in which they are read. */
export function reportBlocks(report: Report): Block[] {
  const clock = reportClock(report.startedAt, report.zone);
  return [
    ...aboutBlocks(report, clock),
    { kind: "heading", text: "Time line" },
    { kind: "picture" },
    ...planBlocks(report, clock),
    ...stepBlocks(report, clock),
    ...proofBlocks(report, clock),
  ];
}
