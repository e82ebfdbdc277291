import type { StepColumns } from "./step-row.ts";
import type { Style } from "./style.ts";

export interface PlanOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** IANA name; the machine's own zone without it. */
  readonly zone?: string;
  /** Everything: all inputs of the steps, whole diffs, notes. */
  readonly verbose?: boolean;
}

/** What the lines of a plan are drawn with. */
export interface Page extends PlanOptions {
  readonly paint: Style;
  readonly verbose: boolean;
  readonly columns: StepColumns;
  /** Columns of the numbers. */
  readonly numbers: number;
  readonly now: number;
}
