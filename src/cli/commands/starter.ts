import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { publishedSchemas } from "../publish-schema.ts";
import { shellWord } from "../shell-word.ts";

const starter = `apiVersion: belay/v1
name: restore-app-config
version: 1.0.0
title: Put a known good configuration back
description: |
  Why and when this is run, and what it does not do.
inputs:
  good: { type: path, description: The configuration file that is known to work }
  live: { type: path, description: The configuration file in use }
preflight:
  - id: good_is_there
    title: The good file is there
    uses: exec
    reads: true
    with: { argv: [test, -s, "\${{ inputs.good }}"] }
steps:
  - id: set_aside
    title: Set the live file aside
    uses: files.move
    with: { from: "\${{ inputs.live }}", to: "\${{ inputs.live }}.\${{ run.id }}" }
    confirm: { message: "\${{ inputs.live }} is replaced." }
  - id: put_in_place
    title: Put the good file in place
    uses: files.copy
    with: { from: "\${{ inputs.good }}", to: "\${{ inputs.live }}" }
`;

/** Writes a first runbook to start from. Never over another file. */
export async function initCommand(io: Io, given: string | undefined): Promise<ExitCode> {
  const name = given ?? "runbook.yaml";
  const path = resolve(io.cwd, name);
  if (existsSync(path)) throw new CommandFailure(exit.wrongInput, `${name} is there already; nothing was written`);
  try {
    writeFileSync(path, starter, { flag: "wx" });
  } catch (error) {
    throw new CommandFailure(exit.failed, `${name} can't be written: ${(error as NodeJS.ErrnoException).code}`);
  }
  const word = shellWord(name);
  io.stdout.write(
    `wrote ${name}\nnext:  belay validate ${word}  ·  belay show ${word}  ·  belay plan ${word} -i good=… -i live=…\n`,
  );
  return exit.done;
}

/** Prints a published schema: of runbooks (for editors), of event lines, or of plans. */
export async function schemaCommand(io: Io, which: string | undefined): Promise<ExitCode> {
  const schemas = await publishedSchemas();
  const wanted = which ?? "runbook";
  const schema = schemas[wanted];
  if (!schema)
    throw new CommandFailure(exit.wrongInput, `there is no schema ${wanted}`, [
      `one of: ${Object.keys(schemas).join(", ")}`,
    ]);
  io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return exit.done;
}
