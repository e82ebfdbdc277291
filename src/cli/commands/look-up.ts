import { catalog } from "../../actions/catalog.ts";
import { belayHome } from "../../journal/run-folder.ts";
import { renderActionHelp, renderActionList } from "../../render/action-help.ts";
import { renderDocument } from "../../render/document.ts";
import { wrap } from "../../render/layout.ts";
import { rehearsalWords } from "../../render/rehearsal.ts";
import { nearest } from "../../source/nearest.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { findRunbook, listRunbooks, shortPath } from "../find-runbook.ts";
import type { Io } from "../io.ts";
import { lastDrill } from "../last-drill.ts";
import { needRunbook } from "../read-runbook.ts";

interface JsonOption {
  readonly output?: string;
}

/** The runbooks that can be called by name. */
export async function listCommand(io: Io, options: JsonOption): Promise<ExitCode> {
  const found = listRunbooks(io);
  if (options.output === "json") io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length === 0) io.stdout.write("no runbooks in ./runbooks, $BELAY_RUNBOOKS or belay's own library\n");
  else {
    const wide = Math.max(...found.map((one) => one.name.length));
    for (const one of found) io.stdout.write(`${one.name.padEnd(wide)}  ${one.title}  (${shortPath(io, one.file)})\n`);
  }
  return exit.done;
}

/** A runbook as a procedure to read. */
export async function showCommand(io: Io, given: string): Promise<ExitCode> {
  const runbook = await needRunbook(io, findRunbook(io, given));
  io.stdout.write(`${renderDocument(runbook, { color: io.color, width: io.width })}\n\n`);
  const words = rehearsalWords(lastDrill(belayHome(io.env), runbook.name), runbook.digest);
  io.stdout.write(`${wrap(words, Math.min(100, Math.max(40, io.width))).join("\n")}\n`);
  return exit.done;
}

/** All actions, or everything about one. */
export async function actionsCommand(io: Io, name: string | undefined, options: JsonOption): Promise<ExitCode> {
  if (name === undefined) {
    const actions = await Promise.all(catalog.names.map((one) => catalog.load(one)));
    const rows = actions.flatMap((one) => (one ? [{ name: one.name, summary: one.summary, effect: one.effect }] : []));
    io.stdout.write(
      options.output === "json"
        ? `${JSON.stringify(rows, null, 2)}\n`
        : `${renderActionList(rows, { color: io.color, width: io.width })}\n`,
    );
    return exit.done;
  }
  const action = await catalog.load(name);
  if (!action) {
    const near = nearest(name, catalog.names);
    throw new CommandFailure(exit.wrongInput, `there is no action ${name}`, [
      near ? `did you mean ${near}?` : "belay actions",
    ]);
  }
  if (options.output === "json") {
    const { summary, description, effect, input, result, example } = action;
    io.stdout.write(
      `${JSON.stringify({ name: action.name, summary, description, effect, input, result, example }, null, 2)}\n`,
    );
  } else io.stdout.write(`${renderActionHelp(action, { color: io.color, width: io.width })}\n`);
  return exit.done;
}
