import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { programPlace, runbookText } from "../support/program-place.ts";

const part = (content: string) => `apiVersion: belay/v1
name: part
title: Part
inputs: { file: { type: path } }
steps:
  - { id: write, uses: files.write, with: { path: "\${{ inputs.file }}", content: "${content}" } }
`;
const including = (written: string) =>
  runbookText(`
- { id: db, uses: runbook, with: { runbook: ${written}, inputs: { file: out } } }
- { id: stop, uses: exec, with: { argv: [test, -e, go] }, repeatable: true }
`);

test("an included runbook is found below the folder of the file that includes it", () => {
  const here = programPlace({ "deep/main.yaml": including("../parts/part.yaml"), "parts/part.yaml": part("one") });
  const { code } = here.belay("validate", "deep/main.yaml");
  assert.is(code, 0);
  here.write("go", "");
  assert.is(here.belay("run", "deep/main.yaml", "--yes").code, 0);
  assert.is(here.read("out"), "one");
  here.end();
});

test("another name is looked up as belay run does", () => {
  const here = programPlace({ "main.yaml": including("part"), "runbooks/x.yaml": part("named"), go: "" });
  assert.is(here.belay("run", "main.yaml", "--yes").code, 0);
  assert.is(here.read("out"), "named");
  const near = programPlace({ "main.yaml": including("prat"), "runbooks/x.yaml": part("named") });
  const { code, err } = near.belay("validate", "main.yaml");
  assert.is(code, 2);
  assert.match(err, "did you mean `part`?");
  here.end();
  near.end();
});

test("mistakes of an included file are shown with its own name and lines, and once", () => {
  const wrong = part("one").replace("uses: files.write", "uses: files.wirte");
  const here = programPlace({ "main.yaml": including("./parts/part.yaml"), "parts/part.yaml": wrong });
  const { code, err } = here.belay("validate", "main.yaml", "parts/part.yaml");
  assert.is(code, 2);
  assert.match(err, /parts\/part\.yaml:6:\d+ error/);
  assert.match(err, /> +6 \|.*files\.wirte/);
  assert.match(err, /main\.yaml:6:\d+ error the runbook `\.\/parts\/part\.yaml` has mistakes of its own/);
  assert.is(err.split("files.wirte").length, err.split(/> +6 \|.*files\.wirte/).length + 1, "told once");
  here.end();
});

test("a folder, a device and a missing file are not included", () => {
  for (const [written, why] of [
    ["./parts", "it is a folder"],
    ["/dev/zero", "not a file"],
    ["./none.yaml", "there is no such file"],
  ] as const) {
    const here = programPlace({ "main.yaml": including(written), "parts/part.yaml": part("one") });
    const { code, err } = here.belay("validate", "main.yaml");
    assert.is(code, 2, written);
    assert.match(err, why);
    here.end();
  }
});

test("a run goes on with the included text that it started with", () => {
  const late = runbookText(`
- { id: stop, uses: exec, with: { argv: [test, -e, go] }, repeatable: true }
- { id: db, uses: runbook, with: { runbook: ./part.yaml, inputs: { file: out } } }
`);
  const here = programPlace({ "main.yaml": late, "part.yaml": part("old") });
  assert.is(here.belay("run", "main.yaml", "--yes").code, 1);
  const [name = "", ...more] = readdirSync(here.inRun("included"));
  assert.is(more.length, 0);
  assert.is(readFileSync(join(here.inRun("included"), name), "utf8"), part("old"));
  assert.is(statSync(join(here.inRun("included"), name)).mode & 0o777, 0o600);
  const started = here.events().find(({ type }) => type === "run-started") as unknown as { included: object[] };
  assert.is(started.included.length, 1);
  here.write("part.yaml", part("new"));
  here.write("go", "");
  const { code, out } = here.belay("resume", here.run());
  assert.is(code, 0, out);
  assert.match(out, "old → new");
  assert.match(out, `belay resume ${here.run()} --adopt`);
  assert.is(here.read("out"), "old");
  here.end();
});

test("a frozen text that was changed is refused with exit 5, and nothing runs", () => {
  for (const which of ["runbook.yaml", "included"]) {
    const here = programPlace({ "main.yaml": including("./part.yaml"), "part.yaml": part("one") });
    assert.is(here.belay("run", "main.yaml", "--yes").code, 1);
    const path = here.inRun(which);
    const file = which === "included" ? join(path, readdirSync(path)[0] ?? "") : path;
    writeFileSync(file, `${readFileSync(file, "utf8")}# changed\n`);
    here.write("go", "");
    const before = here.events().length;
    const { code, err } = here.belay("resume", here.run());
    assert.is(code, 5);
    assert.match(err, "it was changed");
    assert.match(err, file);
    assert.is(here.events().length, before);
    assert.is(here.belay("status", here.run()).code, 0, "how it stands can be told all the same");
    assert.is(here.belay("verify", here.run()).code, 5);
    here.end();
  }
});

test("logs are found by address, also of what is repeated and included", () => {
  const here = programPlace({
    "main.yaml": runbookText(`
- id: sites
  forEach: [eu, us]
  key: "\${{ each.value }}"
  steps:
    - { id: stop, uses: exec, with: { argv: [echo, "\${{ 'stopped ' + each.value }}"] } }
- { id: stopper, uses: exec, with: { argv: [echo, other] } }
`),
  });
  assert.is(here.belay("run", "main.yaml", "--yes").code, 0);
  assert.is(here.belay("logs", here.run(), "sites[eu]/stop").out, "stopped eu\n");
  assert.is(here.belay("logs", here.run(), "stopper").out, "other\n");
  const all = here.belay("logs", here.run(), "sites").out;
  assert.match(all, "stopped eu");
  assert.match(all, "stopped us");
  assert.not.match(all, "other");
  assert.is(here.belay("logs", here.run(), "nothing").code, 2);
  assert.not(existsSync(here.at("nothing")));
  here.end();
});

test("runs are filtered by runbook and status, and limited", () => {
  const here = programPlace({ "a.yaml": including("./part.yaml"), "part.yaml": part("one"), go: "" });
  here.write("b.yaml", including("./part.yaml").replace("name: r", "name: other"));
  here.belay("run", "a.yaml", "--yes");
  here.belay("run", "b.yaml", "--yes");
  here.write("b.yaml", here.read("b.yaml").replace("-e, go", "-e, gone"));
  here.belay("run", "b.yaml", "--yes");
  const runs = (...args: string[]) =>
    JSON.parse(here.belay("runs", "--output", "json", ...args).out) as { status: string; runbook: { name: string } }[];
  assert.is(runs().length, 3);
  assert.equal(
    runs("--limit", "1").map(({ status }) => status),
    ["failed"],
  );
  assert.is(runs("--runbook", "other").length, 2);
  assert.is(runs("--status", "open").length, 1);
  assert.is(runs("--runbook", "r", "--status", "open").length, 0);
  assert.is(here.belay("runs", "--limit", "x").code, 2);
  here.end();
});

test("a resume names the included file that is gone or was changed, not the one that includes it", () => {
  const here = programPlace({ "main.yaml": including("./parts/part.yaml"), "parts/part.yaml": part("one") });
  assert.is(here.belay("run", "main.yaml", "--yes").code, 1);
  here.write("parts/part.yaml", part("two"));
  const changed = here.belay("resume", "--yes").out;
  assert.match(changed, /note: \S*parts\/part\.yaml was changed since:/);
  assert.not.match(changed, /main\.yaml was changed/);
  renameSync(here.at("parts/part.yaml"), here.at("parts/gone.yaml"));
  const gone = here.belay("resume", "--yes").out;
  assert.match(gone, /note: \S*parts\/part\.yaml: it can't be read: there is no such file; main\.yaml can't be loaded/);
  assert.not.match(gone, /main\.yaml was changed/);
  here.end();
});

test("one run that can't be read is one line, and hides no other", () => {
  const here = programPlace({ "main.yaml": including("./parts/part.yaml"), "parts/part.yaml": part("one") });
  assert.is(here.belay("run", "main.yaml", "--yes").code, 1);
  mkdirSync(here.at("home/runs/bad/journal.ndjson"), { recursive: true });
  for (const command of [["runs"], ["status"], ["resume", "--yes"]]) {
    const { err, out } = here.belay(...command);
    assert.match(err, /^run bad: .*journal\.ndjson can't be read/m, command.join(" "));
    assert.not.match(err, "belay itself failed");
    assert.match(out, /Test|R\b|step/);
  }
  const { code, err } = here.belay("undo", "bad", "--yes");
  assert.is(code, 5);
  assert.match(err, "can't be read");
  here.end();
});

test.run();
