import { basename, dirname } from "node:path";
import type { ReadContext, UndoContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Files, ReadFiles } from "../../action/files.ts";
import { keepForUndo, keptForUndo } from "./made.ts";
import { isSame, type Thing, thingOf } from "./thing.ts";

type Names = { path: string; with: string; old: string };

/** The two folders before they are swapped; null where one was missing. */
type Swapped = { path: Thing | null; with: Thing | null };

type CapturedSwap = Names & { swapped: Swapped };

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
  on: ["host"],
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
  async capture(input, context): Promise<CapturedSwap> {
    return { ...input, old: oldName(input.path, context), swapped: await bothFolders(input, context.files) };
  },
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
    if (state === "before") {
      await keepForUndo("swapped", await bothFolders(input, context.files), context);
      await context.files.move(path, names.old);
    }
    if (state !== "after") await putInPlace(names, context.files);
    return { path, old: names.old };
  },
  undo: (captured: CapturedSwap, context) => swapBack(captured, context),
});

async function bothFolders(names: Pick<Names, "path" | "with">, files: ReadFiles): Promise<Swapped> {
  return { path: thingOf(await files.stat(names.path)), with: thingOf(await files.stat(names.with)) };
}

async function swapBack(captured: CapturedSwap, context: UndoContext): Promise<void> {
  const { files } = context;
  const { path, with: staged } = keptForUndo<Swapped>("swapped", captured, context) ?? captured.swapped;
  if (path === null || staged === null) return; // one of them was missing, so nothing was swapped
  const { state, words } = await look(captured, context);
  const at = async (name: string, thing: Thing) => {
    const found = await files.stat(name);
    return found !== undefined && isSame(thing, found);
  };
  const untouched = state === "before" || state === "unstaged";
  if (untouched && (await at(captured.path, path))) return; // an earlier undo did it, or it never happened
  if (state !== "after" && state !== "half") {
    throw new ActionFailure(
      "failed",
      `This is not as the step left it: ${words}; nothing was changed`,
      byHand(captured),
    );
  }
  if (!(await at(captured.old, path)) || (state === "after" && !(await at(captured.path, staged)))) {
    const sentence = `The folders are not those that the step swapped (${words}); nothing was changed`;
    throw new ActionFailure("failed", sentence, byHand(captured));
  }
  if (state === "after") await files.move(captured.path, captured.with);
  await files.move(captured.old, captured.path);
}

const byHand = (names: Names) => [
  `The old folder was kept at ${names.old}, and the new one came from ${names.with}. Look at both, and move the right one to ${names.path} by hand.`,
];

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
