import { setTimeout as sleep } from "node:timers/promises";
import type { Look } from "../../action/context.ts";
import { definePoll } from "../../action/define-action.ts";
import { durationPattern, formatDuration, parseDuration } from "../../action/duration.ts";
import { ActionFailure } from "../../action/failure.ts";

const input = {
  type: "object",
  properties: {
    uses: { type: "string", minLength: 1, description: "The action that looks; it must only read" },
    with: { type: "object", description: "The inputs of that action" },
    until: {
      type: ["string", "boolean"],
      description: "An expression on the `result` of the look. The step is done when it is true",
    },
    failIf: {
      type: ["string", "boolean"],
      description: "An expression on the `result` of the look. The step fails at once when it is true",
    },
    every: {
      type: "string",
      pattern: durationPattern,
      default: "5s",
      description: "The pause between two looks, such as 500ms or 1m30s",
    },
  },
  required: ["uses", "until"],
  additionalProperties: false,
} as const;

const defaultEvery = 5000;
/** The longest pause that a timer takes. */
const longest = 2 ** 31 - 1;

export const waitAction = definePoll({
  name: "wait",
  summary: "Look again and again until something is so",
  description: `A look that fails (a refused connection, say) is a look at which it is not so yet. The step's \`timeout\` ends the waiting;
the step then fails and says what was seen last.`,
  example: `uses: http
with: { url: "https://localhost:9443/carbon/admin/login.jsp", expectStatus: [200, 302] }
until: "\${{ result.status < 400 }}"
every: 10s
`,
  input,
  result: {
    type: "object",
    properties: {
      looks: { type: "integer", description: "How many looks it took" },
      waitedMs: { type: "integer", description: "Milliseconds from the first look to the last" },
      last: { description: "The result of the last look" },
    },
    required: ["looks", "waitedMs", "last"],
    additionalProperties: false,
  },
  async run(given, { signal, note, look }) {
    const every = Math.min(parseDuration(given.every ?? "") ?? defaultEvery, longest);
    const begun = performance.now();
    const waited = () => Math.round(performance.now() - begun);
    let last: Look | undefined;
    for (let looks = 1; ; looks++) {
      if (signal.aborted) throw gaveUp(waited(), last, signal.reason);
      try {
        last = await look();
      } catch (error) {
        throw signal.aborted ? gaveUp(waited(), last, signal.reason) : error;
      }
      if (!last.failed && last.failIf) throw new ActionFailure("failed", `what must not be is so: ${last.seen}`);
      if (!last.failed && last.until) return { looks, waitedMs: waited(), last: last.result };
      note(`waiting: ${last.seen}`);
      await sleep(every, undefined, { signal }).catch(() => {});
    }
  },
});

function gaveUp(waitedMs: number, last: Look | undefined, reason: unknown): ActionFailure {
  const seen = last === undefined ? "nothing was seen yet" : `last seen: ${last.seen}`;
  const why = reason instanceof ActionFailure ? [reason.message] : [];
  return new ActionFailure("failed", `gave up waiting after ${formatDuration(waitedMs)}: ${seen}`, why);
}
