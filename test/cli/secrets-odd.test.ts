import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { foundBelow, tracesOf } from "../support/secret-hunt.ts";
import { type Env, sh, smallPlace } from "../support/small-place.ts";

const root = mkdtempSync(join(tmpdir(), "belay-odd-"));
test.after(() => rmSync(root, { recursive: true, force: true }));

const place = (name: string, body: object, env: Env = {}) => smallPlace(join(root, name), name, body, env);

test("secrets that are spelled like belay's own words leave the journal readable and the run as it is", async () => {
  const words = ["step-started", "step_one", "done", "2026", "stdout", "steps", "orders", "content", "change", "input"];
  const names = words.map((_, index) => `s${index}`);
  const env = Object.fromEntries(words.map((word, index) => [`W${index}`, word]));
  const { at, run, runs, journal } = place(
    "words",
    {
      inputs: { folder: { type: "path" } },
      secrets: Object.fromEntries(names.map((name, index) => [name, { env: `W${index}` }])),
      steps: [
        {
          id: "step_one",
          uses: "files.write",
          with: {
            path: "${{ inputs.folder }}/orders",
            content: names.map((name) => `\${{ secrets.${name} }}`).join(" "),
          },
        },
        // No secret is named in its input: what looks like one in it is a word of a path.
        {
          id: "orders",
          uses: "files.copy",
          with: { from: "${{ inputs.folder }}/orders", to: "${{ inputs.folder }}/orders-done" },
        },
        { id: "said", ...sh("echo orders done 2026; test -e go") },
        { id: "seen", uses: "exec", reads: true, with: { argv: ["cat", "${{ inputs.folder }}/orders-done"] } },
        {
          id: "item",
          forEach: ["orders", "done"],
          ...sh('echo "$1"', { A: "${{ each.value }}" }),
          with: { script: "echo $A", env: { A: "${{ each.value }}" } },
        },
      ],
    },
    env,
  );
  mkdirSync(at("orders"));
  const plan = await run(["plan", "r.yaml", "-i", "folder=orders", "--out", "plan.json"]);
  assert.is(plan.code, 0, plan.stdout + plan.stderr);
  const failed = await run(["run", "plan.json", "--yes"]);
  assert.is(failed.code, 1, failed.stdout + failed.stderr);
  assert.match(failed.stderr, /the value of secret s6 also stands in the text of the runbook/);
  assert.is(readFileSync(at("orders/orders"), "utf8"), words.join(" "));
  assert.ok(existsSync(at("orders/orders-done")));
  writeFileSync(at("go"), "");
  const resumed = await run(["resume", "--yes"]);
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  const [id = ""] = runs();
  assert.is((await run(["verify", id])).code, 0);
  const events = journal().map(({ event }) => event);
  assert.ok(events.some((event) => event["type"] === "step-started" && event["step"] === "step_one"));
  assert.ok(events.every((event) => !/\*/.test(`${event["type"]}${event["step"]}${event["key"]}${event["state"]}`)));
  const said = events.find((event) => event["step"] === "said" && event["type"] === "step-finished");
  const result = said?.["result"] as { lines?: unknown } | undefined;
  assert.equal(result?.lines, ["*** *** ***"]);
  const undone = await run(["status", id, "--output", "json"]);
  assert.is(JSON.parse(undone.stdout).status, "done");
});

test("undo finds its paths again although they are spelled like a secret", async () => {
  const { at, run } = place(
    "paths",
    {
      secrets: { word: { env: "WORD" } },
      steps: [
        { id: "aside", uses: "files.move", with: { from: "orders", to: "orders.old" } },
        { id: "other", uses: "files.copy", with: { from: "orders.old", to: "orders" } },
        { id: "breaks", ...sh('echo "$W"; exit 3', { W: "${{ secrets.word }}" }) },
      ],
    },
    { WORD: "orders" },
  );
  writeFileSync(at("orders"), "orders\n");
  assert.is((await run(["run", "r.yaml", "--yes"])).code, 1);
  const undone = await run(["resume", "--yes", "--decide", "breaks=undo-run", "--why", "w", "--evidence", "e"]);
  assert.not.ok(existsSync(at("orders.old")), undone.stdout + undone.stderr);
  assert.is(readFileSync(at("orders"), "utf8"), "orders\n");
});

test("an absent optional secret is null, an empty one is absent, and one of a single character is named", async () => {
  const body = {
    secrets: { gone: { env: "GONE", optional: true }, tiny: { env: "TINY" } },
    steps: [
      {
        id: "write",
        uses: "files.write",
        with: { path: "out", content: "${{ secrets.gone == null ? 'null' : secrets.gone }} ${{ secrets.tiny }}" },
      },
    ],
  };
  const { at, run, journal } = place("absent", body);
  const plan = await run(["plan", "r.yaml", "--output", "json"], { TINY: "7" });
  assert.is(plan.code, 0, plan.stderr);
  assert.match(JSON.parse(plan.stdout).steps[0].input.content, "(secret tiny)");
  const none = await run(["run", "r.yaml", "--yes"], { TINY: "" });
  assert.is(none.code, 2);
  assert.match(
    none.stderr,
    "the secret tiny can't be had from the environment variable TINY: it is empty, so nothing was started",
  );
  const done = await run(["run", "r.yaml", "--yes"], { TINY: "7", GONE: "" });
  assert.is(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stderr, "secret tiny is so short that it can't be hidden in what programs print");
  assert.is(readFileSync(at("out"), "utf8"), "null 7");
  const started = journal().find(({ event }) => event["type"] === "step-started");
  const input = started?.event["input"] as { content?: string } | undefined;
  assert.match(input?.content ?? "", "(secret tiny)");
});

test("a command that fails or prints nothing ends it before anything begins, and stderr is not taken for the value", async () => {
  const body = (script: string) => ({
    secrets: { token: { command: ["sh", "-c", script] }, pass: { env: "PASS" } },
    steps: [{ id: "a", ...sh("exit 0", { T: "${{ secrets.pass }}", P: "${{ secrets.token }}" }) }],
  });
  const failing = place("failing", body("echo sesame-open; echo 'no sesame-open for PASS-1234' >&2; exit 3"), {
    PASS: "PASS-1234",
  });
  const ended = await failing.run(["run", "r.yaml", "--yes"]);
  assert.is(ended.code, 2);
  assert.match(ended.stderr, "the command sh: it ended with exit code 3 and said");
  assert.not.match(ended.stderr, /sesame-open|PASS-1234/);
  assert.equal(failing.runs(), []);
  const silent = place("silent", body("echo sesame-open >&2"), { PASS: "PASS-1234" });
  const nothing = await silent.run(["plan", "r.yaml"]);
  assert.is(nothing.code, 2);
  assert.not.match(nothing.stdout + nothing.stderr, /sesame-open/);
});

test("a secret that is another one by the time of undo does not get into a file in place of the old one", async () => {
  const { at, run } = place("changed", {
    secrets: { pass: { env: "PASS" } },
    steps: [
      { id: "write", uses: "files.write", with: { path: "conf", content: "pass=${{ secrets.pass }}, new\n" } },
      { id: "breaks", ...sh("exit 3", { W: "${{ secrets.pass }}" }) },
    ],
  });
  writeFileSync(at("conf"), "pass=first-value\n");
  assert.is((await run(["run", "r.yaml", "--yes"], { PASS: "first-value" })).code, 1);
  const undo = ["resume", "--yes", "--decide", "breaks=undo-run", "--why", "w", "--evidence", "e"];
  const other = await run(undo, { PASS: "second-value" });
  assert.is(readFileSync(at("conf"), "utf8"), "pass=first-value, new\n", other.stdout + other.stderr);
  assert.match(other.stdout, "a secret in it has another value now");
  await run(["resume", "--yes"], { PASS: "first-value" });
  assert.is(readFileSync(at("conf"), "utf8"), "pass=first-value\n");
});

test("two included runbooks of one name have secrets of their own, and so has the runbook around them", async () => {
  const { at, run, home } = place(
    "outer",
    {
      secrets: { pass: { env: "OUTER" } },
      steps: [
        { id: "one", uses: "runbook", with: { runbook: "./a/in.yaml" } },
        { id: "two", uses: "runbook", with: { runbook: "./b/in.yaml" } },
        { id: "own", uses: "files.write", with: { path: "own", content: "${{ secrets.pass }}" } },
        { id: "all", ...sh("cat a/out b/out own; env") },
      ],
    },
    { OUTER: "outer-secret-1", A: "inner-secret-a", B: "inner-secret-b" },
  );
  for (const [folder, name] of [
    ["a", "A"],
    ["b", "B"],
  ] as const) {
    mkdirSync(at(folder));
    const step = { id: "w", uses: "files.write", with: { path: `${folder}/out`, content: "${{ secrets.pass }}" } };
    const inner = { apiVersion: "belay/v1", name: "in", title: "In", secrets: { pass: { env: name } }, steps: [step] };
    writeFileSync(at(`${folder}/in.yaml`), JSON.stringify(inner));
  }
  const done = await run(["run", "r.yaml", "--yes"]);
  assert.is(done.code, 0, done.stdout + done.stderr);
  assert.is(readFileSync(at("a/out"), "utf8"), "inner-secret-a");
  assert.is(readFileSync(at("b/out"), "utf8"), "inner-secret-b");
  assert.is(readFileSync(at("own"), "utf8"), "outer-secret-1");
  const traces = tracesOf({ a: "inner-secret-a", b: "inner-secret-b", outer: "outer-secret-1" });
  assert.equal(
    foundBelow(home, traces, () => false),
    [],
  );
});

test("what a resume does not need is masked all the same where that costs nothing, and no program inherits it", async () => {
  const { at, run, home, runs } = place(
    "later",
    {
      secrets: { pass: { env: "PASS" }, unused: { env: "UNUSED" } },
      steps: [
        { id: "write", uses: "files.write", with: { path: "conf", content: "${{ secrets.pass }}" } },
        { id: "tell", ...sh("env | sort; cat conf; test -e go") },
      ],
    },
    { PASS: "first-value", UNUSED: "other-value" },
  );
  assert.is((await run(["run", "r.yaml", "--yes"])).code, 1);
  writeFileSync(at("go"), "");
  assert.is((await run(["resume", "--yes"])).code, 0);
  assert.equal(
    foundBelow(home, tracesOf({ pass: "first-value", unused: "other-value" }), () => false),
    [],
  );
  const logs = join(home, "runs", runs()[0] ?? "", "logs");
  for (const log of ["tell.1.out", "tell.2.out"])
    assert.not.match(readFileSync(join(logs, log), "utf8"), /^(PASS|UNUSED)=/m);
});

test("who approves a step does not see its secrets", async () => {
  const { run, home } = place(
    "approval",
    {
      secrets: { pass: { env: "PASS" }, tiny: { env: "TINY" } },
      steps: [
        {
          id: "write",
          confirm: { message: "Go?", approvers: 1 },
          uses: "files.write",
          with: { path: "conf", content: "${{ secrets.pass }} ${{ secrets.tiny }}" },
        },
      ],
    },
    { PASS: "first-value", TINY: "Qj7" },
  );
  const waits = await run(["run", "r.yaml", "--yes"]);
  assert.is(waits.code, 3, waits.stdout + waits.stderr);
  const all = readdirSync(home, { recursive: true, encoding: "utf8" });
  assert.ok(
    all.some((path) => path.includes("approval")),
    all.join("\n"),
  );
  assert.equal(
    foundBelow(home, tracesOf({ pass: "first-value" }), () => false),
    [],
  );
  assert.equal(
    foundBelow(home, [{ what: "tiny", text: "Qj7" }], () => false),
    [],
  );
  const given = await run(["abandon", readdirSync(join(home, "runs"))[0] ?? "", "--why", "not now"]);
  assert.is(given.code, 0, given.stdout + given.stderr);
});

test.run();
