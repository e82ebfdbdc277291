import type { ReadContext } from "../../action/context.ts";
import { defineVouchable } from "../../action/define-action.ts";
import type { Command } from "../../action/processes.ts";
import type { Typed } from "../../schema/define.ts";
import { environmentSchema, judgeExit, processResultSchema, runProcess, textValues } from "./process-result.ts";

const input = {
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
    stdin: { type: "string", description: "Text for its standard input, which is empty by default" },
    exitCodes: {
      type: "array",
      items: { type: "integer", minimum: 0, maximum: 255 },
      minItems: 1,
      description:
        "The exit codes that mean success, by default 0. As a check, exec never fails on an exit code: it is in `result.exitCode`",
    },
  },
  required: ["argv"],
  additionalProperties: false,
} as const;

type Input = Typed<typeof input>;

export const execAction = defineVouchable({
  name: "exec",
  on: ["host"],
  summary: "Run a program on this host",
  description: `Starts a program without a shell and waits for its end. It gets no terminal: a program that wants a password from
one fails. When the step is stopped, the program and all that it started get SIGTERM, and SIGKILL ten seconds later;
the step is then in doubt.

With \`reads: true\` the author vouches that the program only looks; then \`plan\` runs it too.`,
  example: `argv: [pg_restore, --exit-on-error, --dbname, app, /backup/app.dump]
env: { PGPASSFILE: "\${{ inputs.passwords }}" }
`,
  paths: ["cwd"],
  repeatable: false,
  input,
  result: processResultSchema,
  async run(given, context) {
    const result = await runProcess(toCommand(given, context), programName(given), "change", context);
    judgeExit(programName(given), result, given.exitCodes);
    return result;
  },
  probe: (given, context) => runProcess(toCommand(given, context), programName(given), "look", context),
  judge: (given, result) => judgeExit(programName(given), result, given.exitCodes),
});

function toCommand(given: Input, context: ReadContext): Command {
  return {
    argv: given.argv.map(String),
    env: textValues(given.env),
    ...(given.cwd !== undefined && { cwd: context.resolvePath(given.cwd) }),
    ...(given.stdin !== undefined && { stdin: given.stdin }),
  };
}

function programName(given: Input): string {
  const program = String(given.argv[0]);
  return program.slice(program.lastIndexOf("/") + 1);
}
