import type { Command, Option } from "commander";
import { processIo } from "../../src/cli/io.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { exitCodeTable } from "./exit-codes.ts";
import { table } from "./field-tables.ts";

/** docs/cli.md: what `belay COMMAND --help` says, on one page. */
export function cliPage(): string {
  const program = makeProgram(processIo(), async () => {});
  const help = program.createHelp();
  const commands = program.commands.filter((one) => one.name() !== "help");
  return [
    "# Commands",
    "",
    "Generated from the program (`make docs`). `belay COMMAND --help` prints the same.",
    "",
    table(
      ["command", "what it does"],
      commands.map((one) => [`\`belay ${help.subcommandTerm(one).replace(/ \[options\]/, "")}\``, one.description()]),
    ),
    "",
    exitCodeTable(),
    "",
    "Errors go to stderr, each as a sentence. Where stdout is no terminal, a run prints plain lines;",
    "`--output ndjson` prints one event a line, in the shape of",
    "[`schemas/event-v1.schema.json`](../schemas/event-v1.schema.json). Without a terminal nobody is asked: what needs a",
    "person stops the run, with an exit code that says so.",
    "",
    "Environment: `BELAY_HOME` (where runs are kept), `BELAY_RUNBOOKS` (folders of runbooks, with `:` between them),",
    "`NO_COLOR`, `FORCE_COLOR`, `CI` (nobody is asked), `BELAY_DEBUG=1` (where in belay an internal error happened).",
    "",
    ...commands.flatMap(section),
  ].join("\n");
}

function section(command: Command): string[] {
  const options = command.options.filter((one) => !one.hidden);
  if (options.length === 0) return [];
  const usage = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  return [
    `## \`belay ${[command.name(), ...usage].join(" ")}\``,
    "",
    `${capital(command.description())}.`,
    "",
    table(
      ["option", "meaning"],
      options.map((one) => [`\`${one.flags}\``, optionWords(one)]),
    ),
    "",
  ];
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function optionWords({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? `: ${argChoices.join(" or ")}` : "";
  const usual = typeof defaultValue === "string" ? ` (default ${defaultValue})` : "";
  return `${description}${choices}${usual}`;
}
