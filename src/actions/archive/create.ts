import { defineChange } from "../../action/define-action.ts";
import { patternWords } from "../paths/path-filter.ts";

export const archiveCreate = defineChange({
  name: "archive.create",
  on: ["host"],
  summary: "Pack a folder or file into a tar or zip archive",
  description: `The name of \`to\` tells the format: \`.tar\`, \`.tar.gz\`, \`.tgz\` or \`.zip\`.

Tar keeps modes, owners (as numbers), times to the millisecond, symlinks, empty folders, and the mode and owner of the
folder itself. Zip keeps modes, symlinks and times to the second; it has no owners. Symlinks are never followed. A file
with several hard links is packed once for each. Extended attributes and ACLs are not kept. Sockets, pipes and devices
are left out, and counted in \`skipped\`.

Patterns are paths inside the folder, with \`*\` and \`?\` within a name and \`**\` across folders. A pattern that matches
a folder takes everything below it; \`logs/**\` is everything below \`logs\`, without the folder. \`exclude\` wins.

The archive appears whole or not at all, readable by its owner only. An existing \`to\` is never replaced. A file that
changes while it is read fails the step: stop what writes to it first.`,
  example: `from: /opt/wso2/repository
to: /backup/repository.tar.gz
exclude: [logs/**, "**/*.tmp"]`,
  paths: ["from", "to"],
  onlyReads: ["from"],
  repeatable: true,
  undoes: "moves the archive to the trash",
  input: {
    type: "object",
    properties: {
      from: { type: "string", minLength: 1, description: "The folder, or the one file, to pack" },
      to: { type: "string", minLength: 1, description: "The archive: .tar, .tar.gz, .tgz or .zip" },
      include: {
        type: "array",
        items: { type: "string" },
        description: `Patterns of what is packed, all without it: ${patternWords}`,
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
      path: { type: "string", description: "The archive" },
      files: { type: "integer", description: "Files and symlinks in it" },
      bytes: { type: "integer", description: "Their size, not compressed" },
      archiveBytes: { type: "integer", description: "The size of the archive" },
      sha256: { type: "string", description: "Of the archive, in lower-case hex" },
      skipped: { type: "integer", description: "Sockets, pipes and devices that were left out" },
    },
    required: ["path", "files", "bytes", "archiveBytes", "sha256", "skipped"],
    additionalProperties: false,
  },
  inspect: async (input, context) => (await import("./inspect-created.ts")).inspectCreated(input, context),
  capture: async (input, context) => ({ to: context.resolvePath(input.to) }),
  run: async (input, context) => (await import("./create-archive.ts")).createArchive(input, context),
  undo: async (captured, context) => (await import("./trash-made.ts")).trashArchive(captured, context),
});
