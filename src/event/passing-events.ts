import { count, event, list, stepKeys, text } from "./event-parts.ts";

/** What is only told to whoever watches. */
export const passingEvents = {
  output: event("The last lines of what a step's program printed.", ["step", "key", "lines"], {
    ...stepKeys,
    lines: list("At most three."),
  }),
  progress: event("How far a step is.", ["step", "key", "done", "unit"], {
    ...stepKeys,
    done: { type: "number", description: "So much is through." },
    total: { type: "number", description: "Of so much, where that is known." },
    unit: { type: "string", enum: ["bytes", "files", "items"], description: "Of what." },
  }),
  note: event("One line about what a step is waiting for or doing.", ["step", "key", "line"], {
    ...stepKeys,
    line: text("The line."),
  }),
  retrying: event("A step failed and is tried again.", ["step", "key", "inMs", "attempt", "attempts", "message"], {
    ...stepKeys,
    inMs: count("After so many milliseconds."),
    attempt: count("The number of the coming attempt."),
    attempts: count("How many there may be."),
    message: text("Why the last one failed."),
  }),
  ended: event("This turn at the run is over; always the last line.", ["state", "exitCode", "message"], {
    state: { type: "string", enum: ["done", "abandoned", "undone", "paused"], description: "How." },
    exitCode: count("What belay exits with."),
    message: text("One sentence."),
    step: text("The step it stopped at."),
  }),
  pausing: event("The run will stop after the step at hand.", ["message"], { message: text("Who asked for it.") }),
} as const;
