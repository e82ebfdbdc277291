import type { EventOf } from "../event/event.ts";
import { TurnEnds } from "../look/turn-ends.ts";

export type PauseReason = EventOf<"run-paused">["reason"];

/** Ends this turn of a run; the run can be resumed. It passes through every layer and is never a step's failure. */
export class RunPause extends TurnEnds {
  override readonly name = "RunPause";
  readonly reason: PauseReason;
  readonly step: string | undefined;

  constructor(reason: PauseReason, message: string, step?: string) {
    super(message);
    this.reason = reason;
    this.step = step;
  }
}
