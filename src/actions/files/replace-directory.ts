import { basename, dirname } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Files } from "../../action/files.ts";

type Names = { path: string; with: string; old: string };

interface Seen {
  readonly state: "before" | "half" | "after" | "unstaged" | "missing" | "impossible";
  readonly words: string;
}

/** Which of the three folders are there tells how far the two renames got. */
async function look(names: Names, { files }: Pick<ReadContext, "files">): Promise<Seen> {
  const path = await files.stat(names.path);
  const staged = await files.stat(names.with);
  const old = await files.stat(names.old);
  const word = (name: string, found: unknown) => `${name} is ${found === undefined ? "missing" : "there"}`;
  const words = `${word(basename(names.old), old)}, ${word(basename(names.path), path)}, ${word("staged copy", staged)}`;
  if (old && path && !staged) return { state: "after", words };
  if (old && !path && staged) return { state: "half", words: `${words}: half done` };
  if (!old && path && staged) return { state: "before", words };
  if (!old && path) return { state: "unstaged", words };
  return { state: old ? "impossible" : "missing", words };
}

async function refuseUnfit(names: Names, { files }: Pick<ReadContext, "files">): Promise<void> {
  for (const name of [names.path, names.with]) {
    const found = await files.stat(name);
    if (found === undefined || found.kind === "directory") continue;
    const what = found.kind === "symlink" ? `a symlink to ${await files.readLink(name)}` : "not a folder";
    throw new ActionFailure("wrong-input", `${name} is ${what}; name the folder itself; nothing was changed`);
  }
  const [path, staged] = [`${names.path}/`, `${names.with}/`];
  if (path.startsWith(staged) || staged.startsWith(path)) {
    throw new ActionFailure(
      "wrong-input",
      `One of ${names.path} and ${names.with} is inside the other; nothing was changed`,
    );
  }
  const [source, target] = [await files.stat(names.with), await files.statTarget(dirname(names.path))];
  if (source && target && source.device !== target.device) {
    throw new ActionFailure(
      "wrong-input",
      `${names.with} is on another file system than ${names.path}, where a swap is not a rename; nothing was changed`,
      [`Stage the new folder in ${dirname(names.path)}.`],
    );
  }
}

const oldName = (path: string, { run }: Pick<ReadContext, "run">) => `${path}.old.${run.id}`;

export const filesReplaceDirectory = defineChange({
  name: "files.replace-directory",
  summary: "Put a staged folder in the place of another, and keep the old one",
  description: `Two renames: \`path\` becomes \`path.old.<run id>\`, then \`with\` becomes \`path\`. For a moment between the two there is no
\`path\`. A step that was interrupted there is finished, or undone. All must be on one file system.`,
  example: `path: /opt/app/repository
with: /opt/app/repository.staged
`,
  paths: ["path", "with"],
  repeatable: true,
  undoes: "swaps the old folder back",
  input: {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, description: "The folder to replace" },
      with: { type: "string", minLength: 1, description: "The folder to put there; it is moved, not copied" },
    },
    required: ["path", "with"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      path: { type: "string", description: "The folder that was replaced" },
      old: { type: "string", description: "Where the old folder is now" },
    },
    required: ["path", "old"],
    additionalProperties: false,
  },
  async inspect(input, context) {
    const { path } = input;
    const names = { ...input, old: oldName(path, context) };
    await refuseUnfit(names, context);
    const { state, words } = await look(names, context);
    const swap = [
      { kind: "move" as const, target: path, summary: `→ ${names.old}` },
      { kind: "replace" as const, target: path, summary: `with ${input.with}` },
    ];
    if (state === "missing") throw nothingThere(path);
    if (state === "after") return { state: "done", seen: words, result: { path, old: names.old } };
    if (state === "before") return { state: "not-done", seen: words, changes: swap };
    if (state === "unstaged")
      return { state: "not-done", seen: words, changes: swap, lacks: `there is no ${input.with} to put in place` };
    return { state: "partial", seen: words, changes: state === "half" ? swap.slice(1) : [] };
  },
  capture: async (input, context): Promise<Names> => ({ ...input, old: oldName(input.path, context) }),
  async run(input, context) {
    const { path } = input;
    const names = { ...input, old: oldName(path, context) };
    await refuseUnfit(names, context);
    const { state, words } = await look(names, context);
    if (state === "missing") throw nothingThere(path);
    if (state === "unstaged")
      throw new ActionFailure("wrong-input", `There is no ${input.with} to put in place; nothing was changed`);
    if (state === "impossible")
      throw new ActionFailure("wrong-input", `This can't be swapped: ${words}; nothing was changed`);
    if (state === "before") await context.files.move(path, names.old);
    if (state !== "after") await putInPlace(names, context.files);
    return { path, old: names.old };
  },
  async undo(names, context) {
    const { state, words } = await look(names, context);
    if (state === "before") return; // an earlier undo did it
    if (state !== "after" && state !== "half") {
      throw new ActionFailure("failed", `This is not as the step left it: ${words}; nothing was changed`);
    }
    if (state === "after") await context.files.move(names.path, names.with);
    await context.files.move(names.old, names.path);
  },
});

/** A folder that is missing is an outage: when the new one can't be put in place, the old one goes back. */
async function putInPlace(names: Names, files: Files): Promise<void> {
  try {
    await files.move(names.with, names.path);
  } catch (error) {
    if (error instanceof ActionFailure && error.kind === "in-doubt") throw error;
    const back = await files.move(names.old, names.path).then(
      () => true,
      () => false,
    );
    const reason = error instanceof Error ? error.message : String(error);
    throw new ActionFailure(
      "failed",
      back
        ? `${names.with} could not be put in place, and ${names.path} was put back as it was`
        : `${names.with} could not be put in place, and ${names.path} is missing: the old folder is at ${names.old}`,
      [reason],
    );
  }
}

function nothingThere(path: string): ActionFailure {
  return new ActionFailure("wrong-input", `There is no ${path} to replace; use files.move to put a folder there`);
}
