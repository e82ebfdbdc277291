import { Command, Option } from "commander";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

type Perform = (run: () => Promise<ExitCode>) => Promise<void>;

const collect = (value: string, before: string[] = []) => [...before, value];
const json = () => new Option("--output <format>", "how to print it").choices(["text", "json"]).default("text");

function withInputs(command: Command): Command {
  return command
    .option("-i, --input <key=value>", "an input's value, as often as needed; paths are below this folder", collect)
    .option("--inputs <file>", "a YAML file of inputs");
}

function withAnswers(command: Command, formats: readonly string[] = ["text", "ndjson"]): Command {
  return command
    .option("-y, --yes", "agree to plain confirmations (a typed one wants --confirm)")
    .option("--confirm <step=text>", "type the text that a step wants typed", collect)
    .option("--answer <step.name=value>", "answer what a manual step asks", collect)
    .option(
      "--decide <step=decision>",
      "for a step that failed or is in doubt: run-again, done, skip, undo-step or undo-run (of its undoing: run-again, done or leave); deadline.NAME=continue|stop|undo",
      collect,
    )
    .option("--why <reason>", "the reason of a decision")
    .option("--evidence <text>", "what was seen, for a step that was done by hand")
    .option("--result <step=json>", "the result of a step that was done by hand", collect)
    .addOption(new Option("--orphans <what>", "processes of an earlier turn that still work").choices(["wait", "end"]))
    .addOption(new Option("--output <format>", "how to say what happens").choices(formats).default("text"));
}

/** The command line. Each command's code is loaded when it is called. */
export function makeProgram(io: Io, perform: Perform): Command {
  const program = new Command("belay")
    .description("Runs restore and recovery procedures that are written as YAML runbooks.")
    .version(version, "-V, --version")
    .showHelpAfterError("(belay --help shows the commands)")
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: (text) => void io.stderr.write(text) })
    .exitOverride();

  authoring(program, io, perform);
  running(program, io, perform);
  approving(program, io, perform);
  reading(program, io, perform);
  return program;
}

function authoring(program: Command, io: Io, perform: Perform): void {
  program
    .command("init [file]")
    .description("write a first runbook to start from")
    .action((file) => perform(async () => (await import("./commands/starter.ts")).initCommand(io, file)));
  program
    .command("list")
    .description("the runbooks that can be called by name")
    .addOption(json())
    .action((options) => perform(async () => (await import("./commands/look-up.ts")).listCommand(io, options)));
  program
    .command("show <runbook>")
    .description("a runbook as a procedure to read")
    .action((given) => perform(async () => (await import("./commands/look-up.ts")).showCommand(io, given)));
  program
    .command("validate <files...>")
    .description("every mistake of every file, with its place")
    .addOption(json())
    .action((files, options) =>
      perform(async () => (await import("./commands/validate.ts")).validateCommand(io, files, options)),
    );
  program
    .command("actions [name]")
    .description("what steps can use, or everything about one action")
    .addOption(json())
    .action((name, options) =>
      perform(async () => (await import("./commands/look-up.ts")).actionsCommand(io, name, options)),
    );
  program
    .command("schema [name]")
    .description("a published JSON Schema: runbook (for editors) or event (for --output ndjson)")
    .action((name) => perform(async () => (await import("./commands/starter.ts")).schemaCommand(io, name)));
  program
    .command("completion [shell]")
    .description("a completion script: bash, zsh, fish or powershell")
    .action((shell) =>
      perform(async () => (await import("./commands/completion.ts")).completionCommand(io, shell, program)),
    );
}

function running(program: Command, io: Io, perform: Perform): void {
  withInputs(program.command("plan [runbook]"))
    .description("what a run would do, seen from the systems as they are; changes nothing")
    .option("--offline", "touch nothing, not even to look")
    .option("--out <file>", "save the plan, to run exactly it later")
    .option("--run <run>", "what a resume of this run would do")
    .option("--adopt [file]", "with --run: as if it went on with its runbook's file as it is now, or with another file")
    .option("-v, --verbose", "whole diffs")
    .addOption(json())
    .action((given, options) =>
      perform(async () => (await import("./commands/plan.ts")).planCommand(io, given, options)),
    );
  withAnswers(withInputs(program.command("run <runbook|plan.json>")))
    .description("run a runbook, or a saved plan if the world still fits it")
    .action((given, options) =>
      perform(async () => (await import("./commands/run.ts")).runCommand(io, given, options)),
    );
  withAnswers(withInputs(program.command("drill <runbook|plan.json>")))
    .description("rehearse a runbook: it does all that `run` does, and is recorded as a drill")
    .action((given, options) =>
      perform(async () => (await import("./commands/run.ts")).runCommand(io, given, options, { drill: true })),
    );
  withAnswers(withInputs(program.command("resume [run]")))
    .description("go on with a run from where it stopped (-i: only inputs that --adopt brings)")
    .option("--adopt [file]", "go on with its runbook's file as it is now, or with another file")
    .option("--take-over", "also when another machine holds the run, or it worked on another one")
    .action((given, options) =>
      perform(async () => (await import("./commands/resume.ts")).resumeCommand(io, given, options)),
    );
  withAnswers(program.command("undo <run>"), ["text", "ndjson", "json"])
    .description("take a run's changes back, the newest first; shows the plan of that and asks before it begins")
    .option("--to <step>", "only back to this step: it and what comes after it can run again")
    .option("--plan", "only show what would be undone")
    .option("--take-over", "also when another machine holds the run")
    .action((given, options) =>
      perform(async () => (await import("./commands/undo.ts")).undoCommand(io, given, options)),
    );
  withAnswers(program.command("abandon <run>"))
    .description("give a run up: its `finally` steps run, and nothing else (wants --why)")
    .option("--take-over", "also when another machine holds the run")
    .action((given, options) =>
      perform(async () => (await import("./commands/resume.ts")).abandonCommand(io, given, options)),
    );
}

function approving(program: Command, io: Io, perform: Perform): void {
  for (const verb of ["approve", "reject"] as const) {
    program
      .command(`${verb} <run> <step>`)
      .description(
        verb === "approve"
          ? "agree to a step of somebody else's run that waits for it"
          : "refuse a step of somebody else's run that waits for approval (wants --why)",
      )
      .option("-y, --yes", "do not ask again")
      .option("--why <reason>", "the reason; it is kept in the journal")
      .addOption(json())
      .action((run, step, options) =>
        perform(async () => {
          const { approveCommand, rejectCommand } = await import("./commands/approve.ts");
          return (verb === "approve" ? approveCommand : rejectCommand)(io, run, step, options);
        }),
      );
  }
}

function reading(program: Command, io: Io, perform: Perform): void {
  program
    .command("status [run]")
    .description("how a run stands (the newest, unless one is named)")
    .addOption(json())
    .action((given, options) =>
      perform(async () => (await import("./commands/runs.ts")).statusCommand(io, given, options)),
    );
  program
    .command("runs")
    .description("all runs, newest first")
    .option("--limit <number>", "no more than so many")
    .addOption(
      new Option("--status <status>", "only those that stand so; open: that can be gone on with").choices([
        "open",
        "running",
        "failed",
        "in-doubt",
        "waiting",
        "interrupted",
        "stopped",
        "disk-full",
        "refused",
        "rewound",
        "done",
        "abandoned",
        "undone",
      ]),
    )
    .option("--runbook <name>", "only those of this runbook")
    .addOption(json())
    .action((options) => perform(async () => (await import("./commands/runs.ts")).runsCommand(io, options)));
  program
    .command("logs <run> [step]")
    .description("what the programs of a run's steps printed")
    .action((given, step) => perform(async () => (await import("./commands/runs.ts")).logsCommand(io, given, step)));
  program
    .command("verify <run> [file]")
    .description("prove that a run's record is as it was written, or name what is not (FILE: a copy kept elsewhere)")
    .option("--expect <hash>", "a hash of this run that was kept elsewhere")
    .addOption(json())
    .action((given, file, options) =>
      perform(async () => (await import("./commands/verify.ts")).verifyCommand(io, given, file, options)),
    );
  program
    .command("report <run>")
    .description("what happened in a run, as a document to keep")
    .addOption(
      new Option("--format <format>", "html unless the file's name says otherwise; markdown on a terminal").choices([
        "html",
        "markdown",
        "json",
      ]),
    )
    .option("--out <file>", "write it there")
    .action((given, options) =>
      perform(async () => (await import("./commands/report.ts")).reportCommand(io, given, options)),
    );
}
