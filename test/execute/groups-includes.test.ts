import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Answerer } from "../../src/execute/questions.ts";
import { answererOf } from "../support/engine.ts";
import { withRun } from "../support/group-run.ts";
import { indent, parts, runbookIncluding, say, slow, together } from "../support/group-steps.ts";

const yes: Answerer["confirm"] = async () => ({ by: "tester", via: "prompt" });
const site = "inputs: { site: { type: string } }\n";
const include = (id: string, written: string, value: string, more = "") =>
  `- id: ${id}\n${indent(more)}  uses: runbook\n  with: { runbook: ${written}, inputs: { site: "${value}" } }\n`;

test("the same ids in a runbook and in those that it includes are different steps", async () => {
  const inner = parts(say("a", "inner a ${{ inputs.site }}") + include("sub", "deep", "${{ inputs.site }}-deep"), {
    head: site,
    end: 'outputs: { said: "${{ steps.a.status }} ${{ steps.sub.result.said }}" }\n',
  });
  const deep = parts(say("a", "deep a ${{ inputs.site }}"), {
    head: site,
    end: 'outputs: { said: "${{ steps.a.status }}" }\n',
  });
  const outer = parts(say("a", "outer a") + include("sub", "inner", "x") + say("end", "${{ steps.sub.result.said }}"));
  await withRun(await runbookIncluding(outer, { inner, deep }), async (run) => {
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["outer a", "inner a x", "deep a x-deep", "done done"]);
    assert.equal(
      ["a", "sub/a", "sub/sub/a"].map((id) => state.steps.get(id)?.status),
      ["done", "done", "done"],
    );
  });
});

const deep = parts(say("d1", "d1 ${{ inputs.site }}") + say("d2", "d2", "confirm: { message: go? }"), {
  head: site,
  finally: say("end", "deep end ${{ inputs.site }} ${{ steps.d1.status }} ${{ steps.d2.status }}"),
});
const inner = parts(say("i1", "i1 ${{ inputs.site }}") + include("deep", "deep", "${{ inputs.site }}!"), {
  head: site,
  finally: `- id: list
  forEach: [p, q]
  uses: shell
  with: { script: 'echo "$TEXT" >> said', env: { TEXT: "inner \${{ each.key }} \${{ inputs.site }} \${{ steps.i1.status }}" } }
`,
});

test("a run that is given up in the middle of included runbooks ends them, the innermost first", async () => {
  const outer = parts(include("db", "inner", "main"), { finally: say("end", "outer end ${{ steps.db.status }}") });
  await withRun(await runbookIncluding(outer, { inner, deep }), async (run) => {
    assert.is((await run.turn()).end.state, "paused");
    assert.equal(run.said(), ["i1 main", "d1 main!"]);
    assert.equal((await run.turn(undefined, { abandon: "no use" })).end, { state: "abandoned" });
    assert.equal(run.said().slice(2), [
      "deep end main! done pending",
      "inner p main done",
      "inner q main done",
      "outer end pending",
    ]);
  });
});

test("instances of a repeated include that were begun are ended, with their own inputs and whatever their names", async () => {
  const outer = parts(
    include(
      "more",
      "deep",
      "${{ each.value.n }}",
      'forEach: [{ n: "eu/west" }, { n: "us#1" }, { n: "late" }]\nkey: "${{ each.value.n }}"\nconcurrency: 2\n',
    ),
    { finally: say("end", "outer end") },
  );
  await withRun(await runbookIncluding(outer, { deep }), async (run) => {
    assert.is((await run.turn()).end.state, "paused");
    // Each waits for a person in its second step; that holds up none of those beside it.
    assert.equal(run.said().sort(), ["d1 eu/west", "d1 late", "d1 us#1"]);
    assert.is((await run.turn(undefined, { abandon: "no use" })).end.state, "abandoned");
    const ends = run.said().slice(3);
    const deepEnds = ["eu/west", "late", "us#1"].map((name) => `deep end ${name} done pending`);
    assert.equal(ends.slice(0, 3).sort(), deepEnds);
    assert.equal(ends.slice(3), ["outer end"]);
  });
});

test("a failing finally of one included runbook keeps none of the others from its own", async () => {
  const bad = parts(say("b1", "b1", "confirm: { message: go? }"), {
    head: site,
    finally: `- { id: broken, uses: exec, repeatable: true, with: { argv: [test, -e, mended] } }\n${say("rest", "rest of bad")}`,
  });
  const outer = parts(together("both", include("one", "deep", "one") + include("two", "bad", "two")), {
    finally: say("end", "outer end"),
  });
  await withRun(await runbookIncluding(outer, { deep, bad }), async (run) => {
    assert.is((await run.turn()).end.state, "paused");
    const { end } = await run.turn(undefined, { abandon: "no use" });
    assert.is(end.state === "paused" && end.reason, "failed");
    assert.equal(run.said(), ["d1 one", "rest of bad", "deep end one done pending", "outer end"]);
    run.put("mended");
    assert.is((await run.turn(undefined, { abandon: "no use" })).end.state, "abandoned");
    assert.is(run.said().length, 4);
  });
});

test("an instance that the run goes on without is put in order, and is over", async () => {
  const fails = parts(
    say("f1", "f1 ${{ inputs.site }}") +
      `- id: f2\n  uses: shell\n  repeatable: true\n  with: { script: 'test "$S" != us', env: { S: "\${{ inputs.site }}" } }\n`,
    {
      head: site,
      finally: say("end", "end ${{ inputs.site }} ${{ steps.f2.status }}"),
      end: 'outputs: { s: "${{ inputs.site }}" }\n',
    },
  );
  const outer = parts(
    include("more", "fails", "${{ each.key }}", "forEach: [eu, us, ap]\nmaxFailures: 1\n") +
      say("sum", "${{ steps.more.result.size() }} ${{ steps.more.result['ap'].s }}") +
      say("asks", "asks", "confirm: { message: go? }"),
  );
  await withRun(await runbookIncluding(outer, { fails }), async (run) => {
    assert.is((await run.turn()).end.state, "paused");
    const words = ["f1 eu", "end eu done", "f1 us", "end us failed", "f1 ap", "end ap done", "2 ap"];
    assert.equal(run.said(), words);
    const { end, state } = await run.turn(answererOf({ confirm: yes }));
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), [...words, "asks"]);
    assert.is(state.steps.get("more[us]")?.status, "failed");
  });
});

test("a list inside of an included runbook that allows no failure fails the instance around it", async () => {
  const list = parts(
    `- id: try\n  forEach: [x, y]\n  uses: shell\n  repeatable: true\n  with: { script: 'test "$S" != us-y', env: { S: "\${{ inputs.site }}-\${{ each.key }}" } }\n`,
    { head: site, finally: say("end", "end ${{ inputs.site }}") },
  );
  const outer = parts(include("more", "list", "${{ each.key }}", "forEach: [eu, us, ap]\nmaxFailures: 1\n"));
  await withRun(await runbookIncluding(outer, { list }), async (run) => {
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["end eu", "end us", "end ap"]);
    assert.is(state.steps.get("more[us]")?.status, "failed");
    assert.is(state.steps.get("more[us]/try")?.status, "failed");
  });
});

test("what finally includes is late for no deadline, and counts as putting in order", async () => {
  const outer = parts('- { id: first, uses: exec, repeatable: true, with: { argv: [sleep, "0.1"] } }\n', {
    head: "deadlines:\n  outage: { start: first, within: 10ms, atLimit: stop }\n",
    finally: include("tidy", "plain", "x"),
  });
  const plain = parts(say("p1", "p1 ${{ inputs.site }}"), { head: site });
  await withRun(await runbookIncluding(outer, { plain }), async (run) => {
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["p1 x"]);
    assert.is(state.steps.get("tidy/p1")?.section, "finally");
  });
});

test("an output that can't be told is null: what is done stays done", async () => {
  const outputs = 'outputs: { lost: "${{ steps.not.result.lines[0] }}", kept: "${{ steps.yes.result.lines[0] }}" }\n';
  const steps =
    '- { id: not, when: false, uses: exec, reads: true, with: { argv: [echo, x] } }\n- { id: yes, uses: exec, reads: true, with: { argv: [echo, "1"] } }\n'.replaceAll(
      "id: yes",
      'id: "yes"',
    );
  const inner = parts(steps, { end: outputs });
  const outer = parts(
    `- id: sub\n  uses: runbook\n  with: { runbook: inner }\n${steps}${say("a", "${{ steps.sub.result.lost == null }} ${{ steps.sub.result.kept }}")}`,
    { end: outputs },
  );
  await withRun(await runbookIncluding(outer, { inner }), async (run) => {
    const { end, state, events } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["true 1"]);
    assert.equal(state.outputs, { lost: null, kept: "1" });
    assert.is(events.filter((event) => event.type === "note" && /output lost is not known/.test(event.line)).length, 2);
  });
});

test("an included runbook that was through is not looked into again; one that was not runs its preflight again", async () => {
  const checked = parts(slow("work"), {
    head: site,
    preflight: "- { id: there, uses: exec, reads: true, with: { argv: [test, -e, gate] } }\n",
  });
  const outer = parts(include("a", "checked", "a") + include("b", "checked", "b"));
  await withRun(await runbookIncluding(outer, { checked }), async (run) => {
    run.put("gate");
    run.put("go-work");
    const pause = new AbortController();
    const turn = run.turn(undefined, { pause: pause.signal });
    await run.until("work ended");
    while (!run.records().some(({ event }) => event.type === "step-finished" && event.step === "a")) {
      await new Promise((done) => setTimeout(done, 5));
    }
    pause.abort();
    await turn;
    const { rmSync } = await import("node:fs");
    rmSync(`${run.home}/gate`);
    const { end } = await run.turn();
    assert.match(end.state === "paused" ? `${end.reason} ${end.step}` : end.state, /failed b\/there|done/);
  });
});

test.run();
