import { defineChange } from "../../action/define-action.ts";
import type { FileStat } from "../../action/files.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";
import { type CapturedFile, captureFile, restoreFile, sha256Of } from "./captured-file.ts";
import { textChange } from "./text-change.ts";

const octal = (mode: number) => `0${mode.toString(8).padStart(3, "0")}`;
const wantedMode = (mode: string | undefined) => (mode === undefined ? undefined : Number.parseInt(mode, 8));

function differs(stat: FileStat, mode: string | undefined): boolean {
  const wanted = wantedMode(mode);
  return wanted !== undefined && stat.mode !== wanted;
}

export const filesWrite = defineChange({
  name: "files.write",
  on: ["host"],
  summary: "Write a text file, whole",
  description: `The content goes into a new file beside the target, which is put on disk and renamed over it: a reader sees the
old or the new text, never half. Mode and owner of a file that is replaced are kept unless \`mode\` says otherwise; ACLs
and extended attributes are not. A symlink is followed. The folder must exist.`,
  example: `path: /etc/app/restore.conf
content: |
  listen = 9443
  readonly = true
mode: "0640"
`,
  paths: ["path"],
  repeatable: true,
  undoes: "puts the old content back, or moves the new file to the trash where there was none",
  input: {
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, description: "The file to write" },
      content: { type: "string", description: "What the file shall hold, as UTF-8" },
      mode: {
        type: "string",
        pattern: "^0?[0-7]{3,4}$",
        description: 'Permission bits in octal, quoted, such as "0644"; without it, those of the file that is replaced',
      },
    },
    required: ["path", "content"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      path: { type: "string", description: "The file that was written" },
      bytes: { type: "integer", description: "Its size" },
      sha256: { type: "string", description: "Of its content, lower-case hex" },
    },
    required: ["path", "bytes", "sha256"],
    additionalProperties: false,
  },
  async inspect({ path, content, mode }, { files }) {
    const wanted = Buffer.from(content);
    const stat = await files.statTarget(path);
    if (stat === undefined) {
      return {
        state: "not-done",
        seen: `there is no ${path}`,
        changes: [textChange(path, undefined, wanted)],
        ...(await lackingFolder(path, files)),
      };
    }
    const same = stat.size === wanted.length && (await files.sha256(path)) === sha256Of(wanted);
    if (same && !differs(stat, mode)) {
      const result = { path, bytes: wanted.length, sha256: sha256Of(wanted) };
      return { state: "done", seen: `${path} has this content${mode === undefined ? "" : " and mode"}`, result };
    }
    if (same) {
      const summary = `mode ${octal(stat.mode)} → ${octal(wantedMode(mode) ?? 0)}`;
      return {
        state: "not-done",
        seen: `${path} has mode ${octal(stat.mode)}`,
        changes: [{ kind: "edit", target: path, summary }],
      };
    }
    const change =
      stat.size > 16 * 1024 * 1024
        ? { kind: "edit" as const, target: path, summary: `${stat.size} bytes → ${wanted.length} bytes` }
        : textChange(path, await files.readBytes(path), wanted);
    return { state: "not-done", seen: `${path} has other content`, changes: [change] };
  },
  capture: ({ path, content }, context): Promise<CapturedFile> => captureFile(path, Buffer.from(content), context),
  async run({ path, content, mode }, { files }) {
    const bytes = Buffer.from(content);
    const wanted = wantedMode(mode);
    await files.write(path, bytes, wanted === undefined ? {} : { mode: wanted });
    return { path, bytes: bytes.length, sha256: sha256Of(bytes) };
  },
  undo: (captured, context) => {
    const { content, mode } = context.input;
    return restoreFile(
      captured,
      { digests: [captured.wrote, sha256Of(Buffer.from(content))], mode: wantedMode(mode) },
      context,
    );
  },
});
