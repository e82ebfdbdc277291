import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";
import { type ManifestEntry, readManifestLine } from "./manifest-line.ts";

const longestLine = 64 * 1024;

/** The entries of a manifest, as it is read. Throws ActionFailure for a line that is none. */
export async function* readManifest(path: string, files: ReadFiles): AsyncGenerator<ManifestEntry> {
  let number = 0;
  for await (const line of lines(path, files)) {
    number += 1;
    if (line === "") continue;
    const entry = readManifestLine(line);
    if (entry === undefined) {
      throw new ActionFailure("wrong-input", `Line ${number} of ${path} is not a line of a sha256sum manifest`);
    }
    yield entry;
  }
}

// Not node:readline: it also ends a line at characters that a file name can hold (a carriage return, U+2028).
async function* lines(path: string, files: ReadFiles): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of files.stream(path)) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, start)) {
      yield rest.toString("utf8", start, end).replace(/\r$/, "");
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > longestLine) throw new ActionFailure("wrong-input", `${path} is not a sha256sum manifest`);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}
