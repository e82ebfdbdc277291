import { cpSync, readdirSync, rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { programPlace, runbookText } from "../support/program-place.ts";

const ok = (id: string) => `- { id: ${id}, uses: exec, with: { argv: [bash, -c, "echo ${id} >> log"] } }`;
const failing = "- { id: broken, uses: exec, with: { argv: [cat, typo.txt] } }";
const mended = failing.replace("typo.txt", "log");

test("kill -9 while adopting leaves the old or the new text in force, never half", () => {
  const include = "- { id: sub, uses: runbook, with: { runbook: ./part.yaml } }";
  const part = (text: string) =>
    runbookText(`- { id: in, uses: exec, with: { argv: [bash, -c, "echo ${text} >> log"] } }`).replace(
      "name: r",
      "name: p",
    );
  const here = programPlace({ "part.yaml": part("old") });
  here.write("r.yaml", runbookText(`${ok("one")}\n${failing}\n${include}`));
  assert.is(here.belay("run", "r.yaml", "--yes").code, 1);
  const id = here.run();
  here.write("part.yaml", part("new"));
  here.write("r.yaml", runbookText(`${ok("one")}\n${mended}\n${include}`));
  cpSync(here.home, here.at("kept"), { recursive: true });
  cpSync(here.at("log"), here.at("log-kept"));
  const preload = new URL("../support/crash-preload.mjs", import.meta.url).pathname;
  const restore = () => {
    rmSync(here.home, { recursive: true, force: true });
    cpSync(here.at("kept"), here.home, { recursive: true });
    cpSync(here.at("log-kept"), here.at("log"));
  };
  here.with({ node: ["--import", preload], env: { CRASH_TRACE: here.at("trace") } })("resume", id, "--adopt");
  const lines = here.read("trace").trimEnd().split("\n");
  const from = lines.findIndex((line) => line.includes("/included") || line.includes("/adopted"));
  const to = lines.findIndex(
    (line) => (line.startsWith("record") && line.includes('"run-resumed"')) || line.includes("resumed "),
  );
  // What comes after one change is what comes before the next.
  const moments = lines.slice(from, to + 1).flatMap((line) => {
    const [what, number] = line.split(" ");
    return what === "change" ? [`before:${number}`] : what === "record" ? [`half:${number}`, `record:${number}`] : [];
  });
  assert.ok(from > 0 && moments.length >= 12 && moments.length < 60, `${moments.length} moments\n${lines.join("\n")}`);
  const inForce = { old: 0, new: 0 };
  for (const moment of moments) {
    restore();
    here.with({ node: ["--import", preload], env: { CRASH_AT: moment } })("resume", id, "--adopt");
    const isNew = here.events().some(({ type }) => type === "adopted");
    inForce[isNew ? "new" : "old"] += 1;
    const after = here.belay("resume", id);
    assert.is(after.code, isNew ? 0 : 1, `${moment}: ${after.all}`);
    const again = isNew ? after : here.belay("resume", id, "--adopt");
    assert.is(again.code, 0, `${moment}: ${again.all}`);
    assert.is(here.read("log"), "one\nnew\n", moment);
  }
  assert.ok(inForce.old > 0 && inForce.new > 0, JSON.stringify(inForce));
  assert.not(readdirSync(here.inRun("adopted")).some((name) => name.endsWith(".tmp")));
  here.end();
});

test.run();
