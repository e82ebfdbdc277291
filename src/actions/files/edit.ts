import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import { type CapturedFile, captureFile, restoreFile, sha256Of } from "./captured-file.ts";
import { editConfig } from "./edit-config.ts";
import { type EditInput, readEdit } from "./read-edit.ts";
import { textChange } from "./text-change.ts";

const largestEdited = 16 * 1024 * 1024;

async function edited(input: EditInput, { files }: ReadContext): Promise<{ before: Buffer; after: Buffer }> {
  const { path } = input;
  const stat = await files.statTarget(path);
  if (stat === undefined) throw new ActionFailure("wrong-input", `There is no ${path} to edit`);
  if (stat.kind !== "file") throw new ActionFailure("wrong-input", `${path} is not a file`);
  if (stat.size > largestEdited) {
    throw new ActionFailure("wrong-input", `${path} has ${stat.size} bytes; files.edit takes at most ${largestEdited}`);
  }
  const before = await files.readBytes(path);
  const after = Buffer.from(editConfig(before.toString("latin1"), readEdit(input, before), path), "latin1");
  return { before, after };
}

export const filesEdit = defineChange({
  name: "files.edit",
  on: ["host"],
  summary: "Set and remove settings in a configuration file, line by line",
  description: `For files of \`key=value\`, \`key: value\` or \`key value\` lines. Only the lines that are named change; every other
byte stays, whatever the encoding and line ends. A value that is replaced is replaced up to the end of its line, so a
comment behind it goes, too. Comments never count as settings. Refused, since it would be a guess: a key that is set
twice, a value that goes on in the next line, a new key for a file with several sections (name one with \`section\`).
A symlink is followed. Mode and owner are kept; ACLs and extended attributes are not.`,
  example: `path: /etc/redis/redis.conf
set:
  appendonly: "no"
  maxmemory: 512mb
remove: [save 900 1]
`,
  paths: ["path"],
  repeatable: true,
  undoes: "puts the old content back",
  input: {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, description: "The file to edit; it must exist" },
      set: {
        type: "object",
        description: "Keys and their values, quoted as the file wants them; a key that is not there is appended",
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
      remove: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "Keys whose line goes, or whole lines (spaces around them don't count)",
      },
      add: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "Whole lines that must be there; those that are missing are appended",
      },
      section: {
        type: "string",
        minLength: 1,
        description: "Edit only below this `[section]` line, up to the next one; without the brackets",
      },
      separator: {
        type: "string",
        pattern: "^(?:[ \\t]*[=:][ \\t]*|[ \\t]+)$",
        description: 'What stands between key and value: "=", ": " or " ", say; by default what the file itself uses',
      },
    },
    required: ["path"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      path: { type: "string", description: "The file that was edited" },
      changed: { type: "boolean", description: "False when everything was so already" },
      sha256: { type: "string", description: "Of its content now, lower-case hex" },
    },
    required: ["path", "changed", "sha256"],
    additionalProperties: false,
  },
  async inspect(input, context) {
    const { path } = input;
    const { before, after } = await edited(input, context);
    if (before.equals(after)) {
      return {
        state: "done",
        seen: `${path} is so already`,
        result: { path, changed: false, sha256: sha256Of(after) },
      };
    }
    const change = textChange(path, before, after);
    return { state: "not-done", seen: `${path} differs: ${change.summary}`, changes: [change] };
  },
  async capture(input, context): Promise<CapturedFile> {
    const { after } = await edited(input, context);
    return captureFile(input.path, after, context);
  },
  async run(input, context) {
    const { before, after } = await edited(input, context);
    const changed = !before.equals(after);
    if (changed) await context.files.write(input.path, after);
    return { path: input.path, changed, sha256: sha256Of(after) };
  },
  undo: (captured, context) => {
    const { wrote, old } = captured;
    // A later attempt may have edited another content than the first one captured.
    const { sha256 } = (context.result ?? {}) as { sha256?: string };
    const digests = [wrote, sha256 ?? wrote].filter((digest) => digest !== old?.sha256);
    return restoreFile(captured, { digests }, context);
  },
});
