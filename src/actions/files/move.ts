import { dirname } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { FileStat } from "../../action/files.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";
import { keepForUndo, keptForUndo } from "./made.ts";
import { isSame, looksSame, type Thing, thingOf, thingWords } from "./thing.ts";

/** `moved` is null when there was nothing to move. */
type CapturedMove = { from: string; to: string; moved: Thing | null };

async function bothEnds({ from, to }: { from: string; to: string }, { files }: ReadContext) {
  return { source: await files.stat(from), target: await files.stat(to), folder: await files.statTarget(dirname(to)) };
}

export const filesMove = defineChange({
  name: "files.move",
  on: ["host"],
  summary: "Rename a file or folder, or move it within its file system",
  description: `One rename: it happens whole or not at all. Nothing is ever overwritten. Between file systems it is refused;
use files.copy, then files.remove. That it is done already is only believed of a move that this run began.`,
  example: `from: /var/lib/app/dump.rdb
to: /var/lib/app/dump.rdb.old
`,
  paths: ["from", "to"],
  repeatable: false,
  undoes: "moves it back",
  input: {
    type: "object",
    properties: {
      from: { type: "string", minLength: 1, description: "What to move" },
      to: { type: "string", minLength: 1, description: "Its new path, name included; nothing may be there" },
    },
    required: ["from", "to"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      from: { type: "string", description: "Where it was" },
      to: { type: "string", description: "Where it is now" },
    },
    required: ["from", "to"],
    additionalProperties: false,
  },
  async inspect({ from, to }, context) {
    const { source, target, folder } = await bothEnds({ from, to }, context);
    // Only a move that this run began can be done: on a first look, a missing `from` may just be misspelt.
    if (context.captured === undefined) refuse(from, to, source !== undefined, target !== undefined);
    if (target && !source) return { state: "done", seen: `${to} is there, ${from} is gone`, result: { from, to } };
    if (target && source) return { state: "partial", seen: `both ${from} and ${to} are there`, changes: [] };
    if (!source) return { state: "partial", seen: `neither ${from} nor ${to} is there`, changes: [] };
    if (folder && folder.device !== source.device) throw acrossDevices(from, to);
    return {
      state: "not-done",
      seen: `${from} is there, ${to} is not`,
      changes: [{ kind: "move", target: from, summary: `→ ${to}` }],
      ...(await lackingFolder(to, context.files)),
    };
  },
  async capture({ from, to }, { files }): Promise<CapturedMove> {
    return { from, to, moved: thingOf(await files.stat(from)) };
  },
  async run({ from, to }, context) {
    const { files } = context;
    const source = await files.stat(from);
    if (source) await keepForUndo("moved", thingOf(source), context);
    await files.move(from, to);
    return { from, to };
  },
  async undo(captured: CapturedMove, context) {
    const { from, to } = captured;
    const moved = keptForUndo<Thing>("moved", captured, context);
    if (moved === null) return; // nothing was there to move
    const { source, target } = await bothEnds({ from, to }, context);
    const [atFrom, atTo] = [source && isSame(moved, source), target && isSame(moved, target)];
    // An earlier undo did it, or it never happened; then what looks like it at `to` was there before.
    if (source && atFrom && (!atTo || source.inode === moved.inode)) return;
    if (source && !target) {
      // Put back as a copy, by hand: nothing is left to move.
      if (looksLike(moved, source)) return context.note(`${from} is back, and ${to} is gone`);
      throw new ActionFailure("failed", `${to} is gone, and ${from} is not what the step moved; it was left alone`, [
        `It was ${thingWords(moved)}, and what is there is ${thingWords(source)}. Nothing is left to move back.`,
      ]);
    }
    if (source) {
      throw new ActionFailure("failed", `${from} is there again, so ${to} can't be moved back; both were left alone`, [
        `${from} is ${thingWords(source)}. Move it away by hand, and undo again.`,
      ]);
    }
    if (!target) {
      throw new ActionFailure("failed", `${to} is gone, so it can't be moved back to ${from}`, [
        `It was ${thingWords(moved)}. Put it at ${from} by hand, from a backup.`,
      ]);
    }
    if (!atTo) {
      throw new ActionFailure("failed", `${to} is not what the step moved there; it was left alone`, [
        `It was ${thingWords(moved)}, and is ${thingWords(target)}. Move it to ${from} by hand if it is meant.`,
      ]);
    }
    await context.files.move(to, from);
  },
});

/** The same, or a copy of it: by kind, and size or time. */
function looksLike(thing: Thing, stat: FileStat): boolean {
  return looksSame(thing, stat) || (thing.kind === "file" && stat.kind === "file" && thing.size === stat.size);
}

function refuse(from: string, to: string, source: boolean, target: boolean): void {
  if (source && !target) return;
  if (source) throw new ActionFailure("wrong-input", `Both ${from} and ${to} are there, and nothing is overwritten`);
  throw new ActionFailure("wrong-input", `There is no ${from}${target ? `, and ${to} is there` : ""}`);
}

function acrossDevices(from: string, to: string): ActionFailure {
  return new ActionFailure(
    "wrong-input",
    `${from} and ${to} are on different file systems, where a move is not one step; nothing was changed`,
    ["Copy it with files.copy, then remove the original with files.remove."],
  );
}
