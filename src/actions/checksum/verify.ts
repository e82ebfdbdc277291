import { basename, dirname, resolve } from "node:path";
import { defineRead } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import { isTemporaryName } from "../../action/temporary-name.ts";
import { byteProgress } from "../files/byte-progress.ts";
import { readManifest } from "./read-manifest.ts";

const mostNamed = 100;

interface Tally {
  count: number;
  readonly names: string[];
}

const tally = (): Tally => ({ count: 0, names: [] });

function add(to: Tally, name: string): void {
  to.count += 1;
  if (to.names.length < mostNamed) to.names.push(name);
}

function failure(
  manifest: string,
  files: number,
  found: Record<"missing" | "changed" | "extra", Tally>,
): ActionFailure {
  const kinds = Object.entries(found).filter(([, { count }]) => count > 0);
  const words = kinds.map(([kind, { count }]) => `${count} ${kind}`).join(", ");
  const details = kinds.map(([kind, { count, names }]) => {
    const shown = names.slice(0, 5).join(", ");
    return `${kind}: ${shown}${count > 5 ? ` and ${count - 5} more` : ""}`;
  });
  return new ActionFailure("failed", `The files are not as ${manifest} says: of ${files}, ${words}`, details);
}

const count = (what: string) => ({ type: "integer", description: `How many ${what}` }) as const;
const names = (what: string) =>
  ({ type: "array", items: { type: "string" }, description: `The first ${mostNamed} ${what}` }) as const;

export const checksumVerify = defineRead({
  name: "checksum.verify",
  on: ["host"],
  summary: "Check files against a manifest of SHA-256 sums",
  description: `Reads what \`sha256sum\` and checksum.create write. Fails when a file is missing or differs; with \`report: true\` the
answer is in the result instead. A manifest without a single line is an error: it would prove nothing.`,
  example: `manifest: /backup/2026-11-20.sha256
path: /backup/2026-11-20
complete: true
`,
  paths: ["manifest", "path"],
  input: {
    type: "object",
    properties: {
      manifest: { type: "string", minLength: 1, description: "The manifest to read" },
      path: {
        type: "string",
        minLength: 1,
        description: "The folder that its names are in; by default the manifest's own",
      },
      complete: {
        type: "boolean",
        default: false,
        description: "Whether a file that is not in the manifest is a fault, too",
      },
      report: { type: "boolean", default: false, description: "Give the answer as a result, and don't fail" },
    },
    required: ["manifest"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      ok: { type: "boolean", description: "Whether everything is as the manifest says" },
      files: count("files the manifest names"),
      missing: names("files that are not there"),
      missingCount: count("files are not there"),
      changed: names("files with other content"),
      changedCount: count("files have other content"),
      extra: names("files that are not in the manifest; only with `complete`"),
      extraCount: count("files are not in the manifest; only with `complete`"),
    },
    required: ["ok", "files", "missing", "missingCount", "changed", "changedCount", "extra", "extraCount"],
    additionalProperties: false,
  },
  async run({ manifest, path, complete = false, report = false }, context) {
    const base = path ?? dirname(manifest);
    const onBytes = byteProgress(context);
    const known = new Set<string>();
    const found = { missing: tally(), changed: tally(), extra: tally() };
    let files = 0;
    for await (const { name, sha256 } of readManifest(manifest, context.files)) {
      context.signal.throwIfAborted();
      files += 1;
      const at = resolve(base, name);
      if (complete) known.add(at);
      if ((await context.files.statTarget(at))?.kind !== "file") add(found.missing, name);
      else if ((await context.files.sha256(at, onBytes)) !== sha256) add(found.changed, name);
    }
    if (files === 0) throw new ActionFailure("wrong-input", `${manifest} is empty: there is nothing to check`);
    if (complete) {
      for await (const entry of context.files.walk(base)) {
        if (entry.stat.kind !== "file" || entry.path === manifest || known.has(entry.path)) continue;
        if (isTemporaryName(basename(entry.path))) continue;
        add(found.extra, entry.relative);
      }
    }
    const { missing, changed, extra } = found;
    const ok = missing.count + changed.count + extra.count === 0;
    if (!ok && !report) throw failure(manifest, files, found);
    return {
      ok,
      files,
      missing: missing.names,
      missingCount: missing.count,
      changed: changed.names,
      changedCount: changed.count,
      extra: extra.names,
      extraCount: extra.count,
    };
  },
});
