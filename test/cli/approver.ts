import { approveCommand, rejectCommand } from "../../src/cli/commands/approve.ts";
import { CommandFailure } from "../../src/cli/exit.ts";
import { processIo } from "../../src/cli/io.ts";

// `belay approve` and `belay reject` in a process of its own, so that it can be another user's:
// approver.ts approve|reject RUN STEP OPTIONS-AS-JSON [begin]. With `begin` it waits for a line before it starts.

const [decision, run = "", step = "", options = "{}", begin] = process.argv.slice(2);
if (begin) {
  process.stdout.write("ready\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
}
const command = decision === "reject" ? rejectCommand : approveCommand;
try {
  process.exitCode = await command(processIo(), run, step, JSON.parse(options));
} catch (error) {
  if (!(error instanceof CommandFailure)) throw error;
  process.stderr.write(`${[error.message, ...error.details].join("\n")}\n`);
  process.exitCode = error.code;
}
process.stdin.destroy();
