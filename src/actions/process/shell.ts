import type { ReadContext } from "../../action/context.ts";
import { defineVouchable } from "../../action/define-action.ts";
import type { Command } from "../../action/processes.ts";
import type { Typed } from "../../schema/define.ts";
import { environmentSchema, judgeExit, processResultSchema, runProcess, textValues } from "./process-result.ts";

const input = {
  type: "object",
  properties: {
    script: {
      type: "string",
      minLength: 1,
      description: "For bash. It may hold no expressions: values go in through `env`, where no quoting can break",
    },
    env: environmentSchema,
    cwd: {
      type: "string",
      minLength: 1,
      description: "The folder to start it in; by default the one in which the run was started",
    },
  },
  required: ["script"],
  additionalProperties: false,
} as const;

type Input = Typed<typeof input>;

const name = "the script";

export const shellAction = defineVouchable({
  name: "shell",
  on: ["host"],
  summary: "Run a bash script on this host",
  description: `Runs the script with \`set -euo pipefail\`: it stops at the first command that fails, in the middle of a pipe too,
and at a variable that is not set. Any exit code but 0 fails the step; as a check it never does: the code is in
\`result.exitCode\`. When the step is stopped, the script and all that it started get SIGTERM, and SIGKILL ten seconds
later; the step is then in doubt.

With \`reads: true\` the author vouches that the script only looks; then \`plan\` runs it too.`,
  example: `script: |
  tar -C "$TARGET" -xzf "$BACKUP"
  chown -R app: "$TARGET"
env: { TARGET: /srv/app, BACKUP: "\${{ inputs.backup }}" }
`,
  paths: ["cwd"],
  repeatable: false,
  input,
  result: processResultSchema,
  async run(given, context) {
    const result = await runProcess(toCommand(given, context), name, "change", context);
    judgeExit(name, result);
    return result;
  },
  probe: (given, context) => runProcess(toCommand(given, context), name, "look", context),
  judge: (_given, result) => judgeExit(name, result),
});

function toCommand({ script, env, cwd }: Input, context: ReadContext): Command {
  return {
    argv: ["bash", "-euo", "pipefail", "-c", script],
    env: textValues(env),
    ...(cwd !== undefined && { cwd: context.resolvePath(cwd) }),
  };
}
