import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { belay } from "./belay-process.ts";

export type Env = { readonly [name: string]: string };

/** A folder of its own, with a runbook in it. */
export function smallPlace(cwd: string, name: string, body: object, env: Env = {}) {
  const home = join(cwd, "home");
  mkdirSync(cwd, { recursive: true });
  const write = (body: object) =>
    writeFileSync(join(cwd, "r.yaml"), JSON.stringify({ apiVersion: "belay/v1", name, title: "T", ...body }));
  write(body);
  const at = (file: string) => join(cwd, file);
  const run = (args: readonly string[], more: Env = {}) =>
    belay(args, { home, cwd, env: { ...env, ...more }, limitMs: 30_000 });
  const runs = () => (existsSync(join(home, "runs")) ? readdirSync(join(home, "runs")) : []);
  const journal = () =>
    readFileSync(join(home, "runs", runs()[0] ?? "", "journal.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { key: string; event: { [field: string]: unknown } });
  return { cwd, home, at, run, runs, journal };
}

/** A step of a script that may run again. */
export const sh = (script: string, env: object = {}) => ({
  uses: "shell",
  with: { script, env },
  repeatable: true,
});
