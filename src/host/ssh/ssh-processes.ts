import { constants } from "node:os";
import { ActionFailure } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";
import type { Command, CommandResult, Processes } from "../../action/processes.ts";
import type { OutputSink, StreamMask } from "../../action/systems.ts";
import { makeOutput } from "../make-output.ts";
import type { Output } from "../output.ts";
import { bootstrap, newToken } from "./bootstrap.ts";
import type { Connection } from "./connection.ts";
import { programScript, startTrouble, unsendable } from "./program-script.ts";
import { cutReport, withoutReport } from "./report.ts";
import { type RemoteProgram, type Watching, watchProgram } from "./watch-program.ts";

/** Without `runId` it is a program that belay itself needs there. */
export interface SshProcessesOptions extends Watching {
  readonly output: OutputSink;
  /** A mask for each stream, where there are secrets. */
  readonly mask?: () => StreamMask;
  readonly runId?: string;
  readonly stepKey?: string;
}

/**
 * Starts programs on another machine, in the user's home folder there unless the command names one. Their environment
 * is that of a login there with the command's variables.
 */
export function sshProcesses(connection: Connection, options: SshProcessesOptions): Processes {
  return {
    async run(command) {
      refuseWhenEnded(command, options.signal);
      const trouble = unsendable(command);
      if (trouble !== undefined) throw new ActionFailure("wrong-input", trouble);
      const output = makeOutput(options.output, options.mask);
      try {
        return await runCommand(connection, command, output, options);
      } finally {
        output.close();
      }
    },
  };
}

function refuseWhenEnded(command: Command, signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof ActionFailure) throw signal.reason;
  throw new ActionFailure("failed", `${command.argv[0]} was not started: the step was ended before`);
}

async function runCommand(
  connection: Connection,
  command: Command,
  output: Output,
  options: SshProcessesOptions,
): Promise<CommandResult> {
  const script = programScript(command, {
    ...command.env,
    ...(options.runId !== undefined && { BELAY_RUN: options.runId, BELAY_STEP: options.stepKey ?? "" }),
  });
  await connection.awake(options.signal);
  refuseWhenEnded(command, options.signal);
  const token = newToken();
  const child = connection.session(["pipe", output.stdout, output.stderr], bootstrap(token));
  output.attach(child);
  child.stdin?.on("error", () => {});
  child.stdin?.write(`${script}\n`);
  child.stdin?.end(command.stdin);
  const program = await watchProgram(connection, child, token, output, options);
  if (options.output.kind === "files") cutReport(options.output.stderr, token);
  const kept = output.kept();
  return judge(program, command, connection, { ...kept, stderr: withoutReport(kept.stderr, token) });
}

type Kept = ReturnType<Output["kept"]>;

async function judge(
  { report, end, alive }: RemoteProgram,
  command: Command,
  connection: Connection,
  kept: Kept,
): Promise<CommandResult> {
  const { destination } = connection;
  const name = command.argv[0];
  if (report?.notStarted !== undefined) {
    const said = lastLines(kept.stderr, 1)[0] ?? "";
    throw new ActionFailure("wrong-input", startTrouble(report.notStarted, command, destination, said));
  }
  if (end === "stays" || end === "unreachable") {
    throw new ActionFailure(
      "in-doubt",
      end === "stays"
        ? `${name} on ${destination} did not end, not even by SIGKILL`
        : `The connection to ${destination} was lost while ${name} was to be ended; whether it still runs is not known`,
    );
  }
  if (report?.ended !== undefined) return { ...exit(report.ended), ...kept };
  if (end === "killed") return { ...exit(128 + constants.signals.SIGKILL), ...kept };
  throw new ActionFailure(
    "in-doubt",
    alive
      ? `What ran ${name} on ${destination} ended without a word (it was killed, say); whether ${name} ended is not known`
      : `The connection to ${destination} was lost while ${name} ran; whether it ended is not known`,
    lastLines(kept.stderr, 3),
  );
}

/** A shell tells a signal only by its number; a program that ends with such a code by itself means the same. */
function exit(code: number): { exitCode: number; signal?: string } {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return { exitCode: code, ...(code > 128 && signal !== undefined && { signal }) };
}
