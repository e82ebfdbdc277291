import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The ```yaml blocks of a document, each with the line that it begins in. */
export function yamlBlocks(file: string): { readonly line: number; readonly text: string }[] {
  const text = readFileSync(resolve(root, file), "utf8");
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length + 1,
    text: match[1] as string,
  }));
}
