import { defineChange } from "../../action/define-action.ts";
import { patternWords } from "../paths/path-filter.ts";
import type { CapturedFolder } from "./trash-made.ts";

export const archiveExtract = defineChange({
  name: "archive.extract",
  on: ["host"],
  summary: "Unpack a tar or zip archive into a new folder",
  description: `The name of \`from\` tells the format: \`.tar\`, \`.tar.gz\`, \`.tgz\` or \`.zip\`. \`to\` must not exist, or be empty;
folders above it are made. It appears whole or not at all: the archive is unpacked beside it, put on disk, and renamed.

All of the archive is read and judged first. It is refused as a whole when an entry would leave the folder (an absolute
path, \`..\`, a drive letter, a symlink or hard link that leads out, a path through a symlink) or is a device, and when
an entry is in it twice as different things. Sparse files, pipes and encrypted entries can't be extracted; leave them
out with \`exclude\`. An archive without a single entry to extract is an error: restoring nothing is never meant.
It is checked beforehand that there is room for what the archive states.

Modes, times and symlinks are kept. Owners, and set-user-id, set-group-id and sticky bits, are kept when belay runs as
root; otherwise the files belong to the current user, without these bits. Owners go by number, not by name.

Patterns are as for \`archive.create\`.`,
  example: `from: /backup/repository.tar.gz
to: /opt/wso2/repository.restored
include: [deployment/**, conf]`,
  paths: ["from", "to"],
  onlyReads: ["from"],
  repeatable: true,
  undoes: "moves the folder to the trash",
  input: {
    type: "object",
    properties: {
      from: { type: "string", minLength: 1, description: "The archive: .tar, .tar.gz, .tgz or .zip" },
      to: { type: "string", minLength: 1, description: "The folder to make" },
      include: {
        type: "array",
        items: { type: "string" },
        description: `Patterns of what is unpacked, all without it: ${patternWords}`,
      },
      exclude: {
        type: "array",
        items: { type: "string" },
        description: `Patterns of what is left out: ${patternWords}`,
      },
    },
    required: ["from", "to"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      path: { type: "string", description: "The folder" },
      files: { type: "integer", description: "Files and links that were unpacked" },
      bytes: { type: "integer", description: "Their size" },
    },
    required: ["path", "files", "bytes"],
    additionalProperties: false,
  },
  inspect: async (input, context) => (await import("./inspect-extracted.ts")).inspectExtracted(input, context),
  capture: async (input, context): Promise<CapturedFolder> => {
    const to = context.resolvePath(input.to);
    const found = await context.files.stat(to);
    if (found?.kind !== "directory" || (await context.files.list(to)).length > 0) return { to, empty: null };
    const { mode, uid, gid, modifiedAt } = found;
    return { to, empty: { mode, uid, gid, modifiedAt } };
  },
  run: async (input, context) => (await import("./extract-archive.ts")).extractArchive(input, context),
  undo: async (captured, context) => (await import("./trash-made.ts")).trashExtracted(captured, context),
});
