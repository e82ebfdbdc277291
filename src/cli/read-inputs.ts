import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { absolutePath } from "../look/contexts.ts";
import { resolveInputs } from "../runbook/resolve-inputs.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { readYaml } from "../source/read-yaml.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";

export interface InputOptions {
  /** `-i key=value`, as often as wanted. */
  readonly input?: readonly string[];
  /** `--inputs file.yaml`. */
  readonly inputs?: string;
}

/** A runbook's inputs from files, command line and, where a person is there, questions. */
export async function readInputs(io: Io, runbook: Runbook, options: InputOptions): Promise<JsonObject> {
  const data = options.inputs === undefined ? {} : readInputFile(io, options.inputs);
  const texts = readTexts(options.input ?? []);
  for (;;) {
    const resolved = await resolveInputs(runbook, { data, texts }, (path) => absolutePath(io.cwd, path));
    if (resolved.problems.length > 0)
      throw new CommandFailure(exit.wrongInput, "the inputs are wrong; nothing ran", resolved.problems);
    const [first] = resolved.missing;
    if (first === undefined) return resolved.values;
    if (!io.interactive) {
      const lines = resolved.missing.map((name) =>
        `-i ${name}=…   ${runbook.inputs.get(name)?.description ?? runbook.inputs.get(name)?.type ?? ""}`.trimEnd(),
      );
      throw new CommandFailure(
        exit.wrongInput,
        `${runbook.name} needs ${resolved.missing.length === 1 ? "an input" : "inputs"} that nobody gave; nothing ran`,
        lines,
      );
    }
    texts.set(first, await askForInput(io, runbook, first));
  }
}

async function askForInput(io: Io, runbook: Runbook, name: string): Promise<string> {
  const declaration = runbook.inputs.get(name);
  const { askInput } = await import("./terminal/ask-input.ts");
  const answer = await askInput(io, name, declaration ?? { type: "string" });
  if (answer === undefined) throw new CommandFailure(exit.interrupted, `input \`${name}\` was not given; nothing ran`);
  return answer;
}

function readTexts(given: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const one of given) {
    const at = one.indexOf("=");
    if (at < 1) throw new CommandFailure(exit.wrongInput, `-i wants key=value, not ${one}`);
    const key = one.slice(0, at);
    if (texts.has(key)) throw new CommandFailure(exit.wrongInput, `input \`${key}\` is given twice`);
    texts.set(key, one.slice(at + 1));
  }
  return texts;
}

function readInputFile(io: Io, given: string): JsonObject {
  let text: string;
  try {
    if (!statSync(resolve(io.cwd, given)).isFile()) throw Object.assign(new Error(), { code: "it is not a file" });
    text = readFileSync(resolve(io.cwd, given), "utf8");
  } catch (error) {
    throw new CommandFailure(exit.wrongInput, `${given} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  const document = readYaml(given, text);
  const [mistake] = document.diagnostics;
  if (mistake)
    throw new CommandFailure(
      exit.wrongInput,
      `${mistake.file}:${mistake.line}:${mistake.column} ${mistake.message}`,
      mistake.hint ? [mistake.hint] : [],
    );
  if (!isJsonObject(document.data)) throw new CommandFailure(exit.wrongInput, `${given} must be a map of inputs`);
  return document.data;
}
