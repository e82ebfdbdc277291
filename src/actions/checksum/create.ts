import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { byteProgress } from "../files/byte-progress.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";
import { patternWords } from "../paths/path-filter.ts";
import { captureOld, restoreOld, writtenDigests } from "./captured-manifest.ts";
import { type ManifestSource, manifestOf, type Tally } from "./manifest-of.ts";

/** Whether the manifest that is there says what a new one would; stops at the first difference. */
async function isCurrent(source: ManifestSource, context: ReadContext, tally: Tally): Promise<boolean> {
  const size = (await context.files.statTarget(source.to))?.size ?? 0;
  let at = 0;
  for await (const line of manifestOf(source, context, tally, byteProgress(context))) {
    const wanted = Buffer.from(line);
    const chunks = await context.files.stream(source.to, { start: at, end: at + wanted.length }).toArray();
    if (!Buffer.concat(chunks).equals(wanted)) return false;
    at += wanted.length;
  }
  return at === size;
}

export const checksumCreate = defineChange({
  name: "checksum.create",
  on: ["host"],
  summary: "Write the SHA-256 of a file, or of every file in a folder, into a manifest",
  description: `The manifest is what \`sha256sum\` writes, and \`sha256sum -c\` reads, in the folder. Names are in sorted order. Symlinks and
special files are not in it, nor are the manifest itself and temporary files of belay (\`.NAME.belay-…\`).`,
  example: `path: /backup/2026-11-20
to: /backup/2026-11-20.sha256
exclude: ["*.log", tmp]
`,
  paths: ["path", "to"],
  repeatable: true,
  undoes: "moves the manifest to the trash, and puts back the one it replaced",
  input: {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, description: "A file or a folder" },
      to: { type: "string", minLength: 1, description: "The manifest to write" },
      exclude: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: `Patterns of what is left out: ${patternWords}`,
      },
    },
    required: ["path", "to"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      files: { type: "integer", description: "How many files are in the manifest" },
      bytes: { type: "integer", description: "Their size together" },
      digest: { type: "string", description: "The SHA-256 of the manifest itself, lower-case hex" },
    },
    required: ["files", "bytes", "digest"],
    additionalProperties: false,
  },
  async inspect(source, context) {
    const { to } = source;
    if ((await context.files.statTarget(to)) === undefined) {
      const change = { kind: "create" as const, target: to, summary: `checksums of ${source.path}` };
      return {
        state: "not-done",
        seen: `there is no ${to}`,
        changes: [change],
        ...(await lackingFolder(to, context.files)),
      };
    }
    const tally = { files: 0, bytes: 0, skipped: 0 };
    if (await isCurrent(source, context, tally)) {
      const result = { files: tally.files, bytes: tally.bytes, digest: await context.files.sha256(to) };
      return { state: "done", seen: `${to} is the manifest of ${source.path} as it is now`, result };
    }
    const change = { kind: "replace" as const, target: to, summary: `with the checksums of ${source.path}` };
    return { state: "not-done", seen: `${to} is not the manifest of ${source.path} as it is now`, changes: [change] };
  },
  capture: ({ to }, context) => captureOld(to, context),
  async run(source, context) {
    const hash = createHash("sha256");
    let digest = "";
    const tally = { files: 0, bytes: 0, skipped: 0 };
    const lines = manifestOf(source, context, tally, byteProgress(context));
    const hashed = async function* () {
      for await (const line of lines) {
        hash.update(line);
        yield Buffer.from(line);
      }
      digest = hash.digest("hex");
      // Before it is put in place, so that undo knows it for this step's own.
      await context.remember("digests", [...writtenDigests(context), digest]);
    };
    await context.files.writeStream(source.to, Readable.from(hashed(), { objectMode: false }));
    if (tally.skipped > 0) context.note(`${tally.skipped} symlinks or special files are not in the manifest`);
    return { files: tally.files, bytes: tally.bytes, digest };
  },
  undo: restoreOld,
});
