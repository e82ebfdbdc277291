import { count, event, json, list, outputDigest, stepKeys, text } from "./event-parts.ts";

/** Approval by other people, deadlines, and undo. */
export const safetyEvents = {
  "approval-asked": event(
    "A step waits for the approval of other people.",
    ["step", "key", "message", "approvers", "digest"],
    {
      ...stepKeys,
      message: text("What they are asked to approve; it does not change any more."),
      approvers: count("How many people must approve."),
      notBy: text("Who may not."),
      askedAt: text("When they were first asked, UTC."),
      until: text("When the wait is over, UTC."),
      digest: text("SHA-256 of the request."),
    },
  ),
  approved: event("A person approved a step.", ["step", "key", "by", "decidedAt"], {
    ...stepKeys,
    by: text("Who."),
    decidedAt: text("When, UTC."),
    host: text("On which machine."),
    why: text("The reason."),
  }),
  "approval-ended": event("A step is no longer waiting for approval.", ["step", "key", "state"], {
    ...stepKeys,
    state: { type: "string", enum: ["approved", "rejected", "expired"], description: "How it ended." },
    by: text("Who rejected it."),
    why: text("The reason."),
    decidedAt: text("When, UTC."),
  }),
  "deadline-warned": event("A deadline comes near.", ["deadline", "startedAt", "limitAt"], {
    deadline: text("Its name."),
    startedAt: text("When its clock began, UTC."),
    limitAt: text("When it is over, UTC."),
  }),
  "deadline-passed": event("A deadline is over.", ["deadline", "startedAt", "limitAt"], {
    deadline: text("Its name."),
    startedAt: text("When its clock began, UTC."),
    limitAt: text("When it was over, UTC."),
  }),
  "deadline-decided": event("What is done about a deadline that is over.", ["deadline", "decision", "via"], {
    deadline: text("Its name."),
    decision: { type: "string", enum: ["continue", "stop", "undo"], description: "What was decided." },
    via: { type: "string", enum: ["runbook", "prompt", "option"], description: "Who decided." },
    by: text("The person."),
    why: text("The reason."),
  }),
  "undo-begun": event("The run is being undone.", ["by", "via"], {
    by: text("Who asked for it."),
    via: {
      type: "string",
      enum: ["command", "prompt", "option", "failure", "deadline"],
      description: "What asked for it.",
    },
    to: text("Back to this step, which is to run again; absent: everything."),
    why: text("The reason."),
  }),
  "undo-started": event("The undoing of a step begins. On disk before the change is.", ["step", "key", "attempt"], {
    ...stepKeys,
    attempt: text("The turn that began it."),
    uses: text("The action that undoes it, where the runbook names one."),
    input: json("Its `with`, with all values."),
    captured: json("What undoing the undo would need."),
    seen: text("What was looked at just before, and found."),
  }),
  "undo-finished": event("The undoing of a step came to an end.", ["step", "key", "state"], {
    ...stepKeys,
    state: {
      type: "string",
      enum: ["undone", "already-undone", "undone-by-hand", "left", "not-needed", "failed"],
      description: "How it ended; `left`: it stays as it is; `not-needed`: there is nothing to take back.",
    },
    message: text("Why, in one sentence."),
    details: list("Further lines."),
    durationMs: count("How long it took, in milliseconds."),
    by: text("Who says so, where a person does."),
    why: text("The person's reason."),
    evidence: text("What the person saw."),
    output: {
      type: "object",
      additionalProperties: outputDigest,
      description: "The logs of its programs, by name.",
    },
  }),
  "undo-in-doubt": event(
    "The undoing of a step was begun and its outcome is not known.",
    ["step", "key", "begunBy", "message"],
    {
      ...stepKeys,
      begunBy: text("The turn that began it."),
      message: text("Why it is not known."),
    },
  ),
  rewound: event("The run is back at a step; it and what comes after it can run again.", ["to", "steps"], {
    to: text("The step."),
    steps: list("Every step and group that will run again."),
  }),
} as const;
