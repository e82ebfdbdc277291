import { randomUUID } from "node:crypto";
import type { ChangeContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { durationPattern, parseDuration } from "../../action/duration.ts";
import { ActionFailure } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";
import type { Job, JobEnd } from "../../action/processes.ts";
import {
  environmentSchema,
  judgeExit,
  processResultSchema,
  splitLines,
  textValues,
} from "../process/process-result.ts";

const shownLines = 10;

export const jobRun = defineChange({
  name: "job.run",
  summary: "Run a long program that outlives belay, and wait for it",
  description: `For a load or a copy of hours that must not die with the terminal. The program gets no terminal and no standard input,
runs in a session of its own, and goes on when belay is killed; a resume attaches to it and waits for its end, and never
starts it twice. Its whole output is in the run's folder, in \`logs/job-…\`. The program writes there by
itself, so a secret that it prints is masked there only when belay has seen its end.

When the step is stopped or its time limit is over, the program and all that it started get SIGTERM, and SIGKILL ten
seconds later; the step is then in doubt. So it is when the program is gone and nobody recorded its end: after a power
cut, say. \`belay abandon\` leaves it running. A retry starts it anew.`,
  example: `argv: [pg_restore, --exit-on-error, --jobs=4, --dbname, app, /backup/app.dump]
every: 10s
`,
  paths: ["cwd"],
  repeatable: false,
  reattaches: true,
  input: {
    type: "object",
    properties: {
      argv: {
        type: "array",
        items: { type: ["string", "integer", "number"] },
        minItems: 1,
        description: "The program and its arguments. No shell reads them: no quoting, no globs, no pipes",
      },
      env: environmentSchema,
      cwd: {
        type: "string",
        minLength: 1,
        description: "The folder to start it in; by default the one in which the run was started",
      },
      exitCodes: {
        type: "array",
        items: { type: "integer", minimum: 0, maximum: 255 },
        minItems: 1,
        description: "The exit codes that mean success, by default 0",
      },
      every: {
        type: "string",
        pattern: durationPattern,
        description: "How often to look whether it has ended, such as 10s; by default 1s",
      },
    },
    required: ["argv"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      ...processResultSchema.properties,
      stdout: { type: "string", description: "Its end, at most 1 MiB; the run's folder has all of it" },
      stderr: { type: "string", description: "Its end, at most 1 MiB; the run's folder has all of it" },
      startedAt: { type: "string", description: "When the program was started: ISO 8601, UTC" },
      attached: { type: "boolean", description: "True when an earlier, interrupted attempt had started it" },
    },
    required: [...processResultSchema.required, "startedAt", "attached"],
    additionalProperties: false,
  },
  async run({ argv, env, cwd, exitCodes, every = "1s" }, context) {
    const program = String(argv[0]);
    const name = program.slice(program.lastIndexOf("/") + 1);
    const everyMs = Math.max(parseDuration(every) ?? 1000, 20);
    const { job, known, token, begun } = await claimedJob(context);
    const found = known && (await job.found());
    if (begun && !found) {
      await context.remember("job", null);
      throw new ActionFailure(
        "in-doubt",
        `${name} was started, and nothing of it is to be found: neither its folder job-${token} in the run's logs, nor a process of it; what it did until then is not known`,
      );
    }
    const how = found
      ? "attached"
      : await job.start({
          argv: argv.map(String),
          env: textValues(env),
          ...(cwd === undefined ? {} : { cwd: context.resolvePath(cwd) }),
        });
    // From here on, a job of which nothing can be found is not one that was never started.
    if (!begun) await context.remember("job", { token, attempt: context.step.key, started: true });
    if (how === "attached") context.note(`${name} was started before; waiting for its end`);
    const end = await job.wait(everyMs);
    if (context.signal.aborted || end.state === "lost") {
      // Whether it is to run again is a person's decision, and then it is started anew.
      await context.remember("job", null);
      throw unknownEnd(name, end, context.signal);
    }
    const { stdout, stderr, truncated, startedAt = "" } = end;
    const result = {
      exitCode: end.exitCode ?? -1,
      stdout,
      stderr,
      lines: splitLines(stdout),
      truncated,
      startedAt,
      attached: known && how === "attached",
    };
    judgeExit(name, result, exitCodes);
    return result;
  },
});

/** The job of this step: the one that an attempt without a recorded end has named, or a new one. Its name is on disk before anything is started. */
async function claimedJob(context: ChangeContext): Promise<Claim> {
  const { processes, step } = context;
  if (processes.job === undefined)
    throw new ActionFailure("wrong-input", "A background job can't be kept on this host; nothing was started");
  const before = context.recall("job");
  const known = isHandle(before) && !context.ended(before.attempt);
  const token = known ? before.token : randomUUID();
  const begun = known && before.started === true;
  await context.remember("job", { token, attempt: step.key, ...(begun ? { started: true } : {}) });
  return { job: await processes.job(token), known, token, begun };
}

interface Claim {
  readonly job: Job;
  /** An attempt without a recorded end has named it. */
  readonly known: boolean;
  readonly token: string;
  /** It is on record that it was started. */
  readonly begun: boolean;
}

function isHandle(value: unknown): value is { token: string; attempt: string; started?: boolean } {
  return typeof value === "object" && value !== null && "token" in value && "attempt" in value;
}

function unknownEnd(name: string, end: JobEnd, signal: AbortSignal): ActionFailure {
  const errors = lastLines(end.stderr, shownLines);
  const printed = errors.length > 0 ? errors : lastLines(end.stdout, shownLines);
  if (signal.aborted) {
    const why = signal.reason instanceof ActionFailure ? `: ${signal.reason.message}` : "";
    const sentence = `${name} was ended before it was through${why}; what it did until then is not known`;
    return new ActionFailure("in-doubt", sentence, printed);
  }
  const since = end.startedAt === undefined ? "" : ` at ${end.startedAt}`;
  return new ActionFailure(
    "in-doubt",
    `${name} was started${since} and is gone, and nobody recorded how it ended (a power cut, or it was killed together with its watcher); what it did until then is not known`,
    printed,
  );
}
