import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";

/** Compares with a file in `expected/`, to the character. With UPDATE_EXPECTED=1 the file is written: read the difference. */
export function expectText(name: string, actual: string): void {
  const file = fileURLToPath(new URL(`./expected/${name}.txt`, import.meta.url));
  if (process.env["UPDATE_EXPECTED"] === "1") writeFileSync(file, `${actual}\n`);
  assert.is(`${actual}\n`, readFileSync(file, "utf8"));
}
