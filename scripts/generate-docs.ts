// Writes the parts of the documentation that the program itself knows best. With --check it writes nothing, and exits 1
// when a file is not what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { catalog } from "../src/actions/catalog.ts";
import { publishedSchemas } from "../src/cli/publish-schema.ts";
import { actionsPage } from "./docs/actions-page.ts";
import { cliPage } from "./docs/cli-page.ts";
import { languagePage } from "./docs/language-page.ts";

const root = resolve(import.meta.dirname, "..");

async function pages(): Promise<{ readonly [file: string]: string }> {
  const template = readFileSync(join(import.meta.dirname, "docs/language.md"), "utf8");
  const schemas = await publishedSchemas();
  return {
    "docs/actions.md": await actionsPage(catalog),
    "docs/language.md": languagePage(template),
    "docs/cli.md": cliPage(),
    ...Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        `schemas/${name}-v1.schema.json`,
        JSON.stringify(schema, null, 2),
      ]),
    ),
  };
}

const check = process.argv.includes("--check");
let stale = 0;
for (const [file, content] of Object.entries(await pages())) {
  const path = join(root, file);
  const wanted = `${content.trimEnd()}\n`;
  if (existsSync(path) && readFileSync(path, "utf8") === wanted) continue;
  stale += 1;
  if (check) console.error(`${file} is not what the program says now: run \`make docs\``);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    console.log(`wrote ${file}`);
  }
}
process.exitCode = check && stale > 0 ? 1 : 0;
