import { dirname } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";

async function bothEnds({ from, to }: { from: string; to: string }, { files }: ReadContext) {
  return { source: await files.stat(from), target: await files.stat(to), folder: await files.statTarget(dirname(to)) };
}

export const filesMove = defineChange({
  name: "files.move",
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
  async capture({ from, to }, { files }) {
    return { from, to, kind: (await files.stat(from))?.kind ?? null };
  },
  async run({ from, to }, { files }) {
    await files.move(from, to);
    return { from, to };
  },
  async undo({ from, to, kind }, context) {
    const { source, target } = await bothEnds({ from, to }, context);
    if (source && !target) return; // an earlier undo did it
    if (source)
      throw new ActionFailure("failed", `${from} is there again, so ${to} can't be moved back; both were left alone`);
    if (!target) throw new ActionFailure("failed", `${to} is gone, so it can't be moved back to ${from}`);
    if (kind !== null && target.kind !== kind) {
      throw new ActionFailure("failed", `${to} was a ${kind} and is a ${target.kind} now; it was left alone`);
    }
    await context.files.move(to, from);
  },
});

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
