import { test } from "uvu";
import * as assert from "uvu/assert";
import { collectSteps } from "../../src/render/report/collect-steps.ts";
import { renderStatus } from "../../src/render/status.ts";
import { answererOf, runbookOf } from "../support/engine.ts";
import { withRun } from "../support/group-run.ts";
import { group, indent, parts, say, sayOnce } from "../support/group-steps.ts";

const each = (keys: string, text: string) => {
  const [first = "", ...rest] = say("each", text).trimEnd().split("\n");
  return `${[first, indent(keys), ...rest].join("\n")}\n`;
};

test("an empty list is through at once, a list of one runs once, and both have results", async () => {
  const runbook = await runbookOf(
    parts(
      `- { id: none, forEach: "\${{ steps.list.result.lines }}", uses: exec, reads: true, with: { argv: [echo, "\${{ each.key }}"] } }
- { id: one, forEach: [a], uses: exec, reads: true, with: { argv: [echo, "\${{ each.key }}"] } }
${say("sum", "${{ steps.none.result.size() }} ${{ steps.none.status }} ${{ steps.one.result['a'].lines[0] }}")}`,
      { preflight: "- { id: list, uses: exec, reads: true, with: { argv: [true] } }\n" },
    ).replace("[true]", '["true"]'),
  );
  await withRun(runbook, async (run) => {
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["0 done a"]);
    assert.is(state.steps.get("none")?.message, "0 of 0");
  });
});

test("numbers and booleans name instances, also those that an expression gives", async () => {
  const runbook = await runbookOf(
    parts(
      each("forEach: [1, 2.5, true]", "${{ each.key }} ${{ each.value }} ${{ each.index }}") +
        `- id: keyed\n  forEach: "\${{ [10, 20] }}"\n  key: "\${{ each.index + 1 }}"\n  uses: exec\n  reads: true\n  with: { argv: [echo, "\${{ each.key }}=\${{ each.value }}"] }\n` +
        say("sum", "${{ steps.keyed.result['2'].lines[0] }}"),
    ),
  );
  await withRun(runbook, async (run) => {
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["1 1 0", "2.5 2.5 1", "true true 2", "2=20"]);
    assert.ok(state.steps.has("each[2.5]") && state.steps.has("each[true]"));
  });
});

test("the list, the names and the condition of a group stay what they were, whatever preflight sees later", async () => {
  const runbook = await runbookOf(
    parts(
      `${group(
        "sites",
        'forEach: "${{ steps.look.result.lines }}"\nkey: "${{ each.value + steps.look.result.lines[0] }}"\nconcurrency: 2',
        say("a", "a ${{ each.key }}") + say("b", "b ${{ each.key }}", 'confirm: { message: "go?" }'),
      )}${group("open", `when: "\${{ steps.look.result.lines[0] == 'eu' }}"`, say("in", "in", 'confirm: { message: "in?" }'))}${group(
        "shut",
        `when: "\${{ steps.look.result.lines[0] == 'eu' }}"`,
        say("no"),
      )}${say("last", "last", 'confirm: { message: "last?" }')}`,
      { preflight: "- { id: look, uses: exec, reads: true, with: { argv: [cat, list] } }\n" },
    ),
  );
  const yes = (steps: RegExp) =>
    answererOf({
      confirm: async ({ step }) => (steps.test(step) ? { by: "tester", via: "prompt" as const } : undefined),
    });
  await withRun(runbook, async (run) => {
    run.put("list", "eu\nus\n");
    assert.is((await run.turn()).end.state, "paused");
    run.put("list", "eu\nmore\neven more\n");
    assert.is((await run.turn(yes(/sites/))).end.state, "paused");
    // `open` was begun and goes on; `shut` is skipped, and stays so.
    run.put("list", "other\n");
    assert.is((await run.turn(yes(/in/))).end.state, "paused");
    run.put("list", "eu\n");
    const { end, state } = await run.turn(yes(/./));
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["a eueu", "a useu", "b eueu", "b useu", "in", "last"]);
    assert.is(state.steps.get("open")?.status, "done");
    assert.is(state.steps.get("shut")?.status, "skipped");
  });
});

const failing = (id: string) =>
  `- id: ${id}\n  uses: shell\n  repeatable: true\n  with: { script: 'test ! -e "bad-$K"', env: { K: "\${{ each.key }}" } }\n`;

test("an instance that failed has one place of maxFailures, however much of it fails", async () => {
  const runbook = await runbookOf(
    parts(
      `${group(
        "sites",
        "forEach: [a, b, c]\nmaxFailures: 1",
        `${group("both", "parallel: true", failing("x") + failing("y"))}${say("after", "after ${{ each.key }}")}`,
      )}${say("sum", "${{ steps.sites.result.size() }} ${{ 'a' in steps.sites.result }}")}`,
    ),
  );
  await withRun(runbook, async (run) => {
    run.put("bad-a");
    const { end, state } = await run.turn();
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(run.said(), ["after b", "after c", "2 false"]);
    assert.is(state.steps.get("sites[a]")?.status, "failed", "nobody takes it for one that still runs");
    assert.is(state.steps.get("sites[a]/both")?.status, "failed");
    assert.match(String(state.steps.get("sites")?.message), /2 of 3; .*: a$/);
  });
});

test("places that were taken in an earlier turn stay taken, whichever instance comes first then", async () => {
  const runbook = await runbookOf(
    parts(
      group(
        "sites",
        "forEach: [a, b, c]\nmaxFailures: 1\nconcurrency: 3",
        `${say("wait", "wait ${{ each.key }}", `when: "\${{ each.key != 'b' }}"\nconfirm: { message: "go?" }`)}${failing("x")}`,
      ),
    ),
  );
  await withRun(runbook, async (run) => {
    run.put("bad-b");
    assert.is((await run.turn()).end.state, "paused");
    run.put("bad-a");
    const answerer = answererOf({ confirm: async () => ({ by: "tester", via: "prompt" }) });
    const { end, state } = await run.turn(answerer);
    assert.is(end.state === "paused" && end.reason, "failed", JSON.stringify(end));
    assert.is(state.steps.get("sites[c]")?.status, "done");
    assert.is(state.steps.get("sites[a]")?.status, "running", "it is no loss that the author allowed");
  });
});

test("what is read of instances after a resume is what was read before it", async () => {
  const inner = `${sayOnce("one", "one ${{ each.key }}")}${group("plain", "title: Plain", '- { id: look, uses: exec, reads: true, with: { argv: [echo, "${{ each.key }}"] } }\n')}- { id: may, uses: exec, reads: true, onFailure: continue, with: { argv: ["false"] } }\n`;
  const all =
    "${{ string(steps.sites.result['eu'].look.lines[0]) }} ${{ steps.sites.result['us'] == null }} ${{ steps.sites.result['eu'].plain == null }} ${{ steps.sites.result['eu'].may == null }} ${{ steps.sites.result.size() }}";
  const text = parts(
    `${group("sites", "forEach: [eu, us, bad]\nmaxFailures: 1\nwhen: \"${{ each.key != 'us' }}\"", `${failing("x")}${inner}`)}${say("before", `before ${all}`)}${say("after", `after ${all}`, 'confirm: { message: "go?" }')}`,
    { finally: say("end", `end ${all}`) },
  );
  for (const abandon of [false, true]) {
    await withRun(await runbookOf(text), async (run) => {
      run.put("bad-bad");
      assert.is((await run.turn()).end.state, "paused");
      const answerer = answererOf({ confirm: async () => ({ by: "tester", via: "prompt" }) });
      const { end } = await run.turn(answerer, abandon ? { abandon: "no use" } : {});
      assert.is(end.state, abandon ? "abandoned" : "done", JSON.stringify(end));
      const words = run.said().filter((line) => /^(before|after|end)/.test(line));
      assert.equal(
        words.map((line) => line.replace(/^\w+ /, "")),
        Array.from({ length: abandon ? 2 : 3 }, () => words[0]?.replace("before ", "")),
      );
      assert.match(words[0] ?? "", /^before eu true true /);
    });
  }
});

test("forEach in finally runs, and each of its instances gets its chance when the run is given up", async () => {
  const runbook = await runbookOf(
    parts(`- { id: stuck, uses: exec, repeatable: true, with: { argv: ["false"] } }\n`, {
      finally: `${each("forEach: [a, b]\nconcurrency: 2", "${{ each.key }}")}${group("tidy", "parallel: true", say("p") + say("q"))}`,
    }),
  );
  await withRun(runbook, async (run) => {
    assert.is((await run.turn()).end.state, "paused");
    assert.equal(run.said(), []);
    assert.is((await run.turn(undefined, { abandon: "no use" })).end.state, "abandoned");
    assert.equal(run.said().sort(), ["a", "b", "p", "q"]);
  });
});

test("two thousand instances, twenty at a time: a linear time, and a resume that replays them quickly", async () => {
  const of = (count: number) =>
    runbookOf(
      parts(
        `- { id: many, forEach: "\${{ steps.list.result.lines }}", concurrency: 20, uses: files.write, with: { path: "out-\${{ each.key }}", content: "\${{ each.key }}" } }\n${say("sum", "${{ steps.many.result.size() }}", 'confirm: { message: "go?" }')}`,
        { preflight: `- { id: list, uses: exec, reads: true, once: true, with: { argv: [seq, "${count}"] } }\n` },
      ),
    );
  const timeOf = async (count: number) => {
    const runbook = await of(count);
    let first = 0;
    let second = 0;
    let heap = 0;
    await withRun(runbook, async (run) => {
      const before = process.memoryUsage().heapUsed;
      let begun = performance.now();
      assert.is((await run.turn()).end.state, "paused");
      first = performance.now() - begun;
      heap = process.memoryUsage().heapUsed - before;
      begun = performance.now();
      const answerer = answererOf({ confirm: async () => ({ by: "tester", via: "prompt" }) });
      const { end, state } = await run.turn(answerer);
      second = performance.now() - begun;
      assert.is(end.state, "done");
      assert.equal(run.said(), [String(count)]);
      assert.is(state.steps.get("many")?.message, `${count} of ${count}`);
    });
    return { first, second, heap };
  };
  const few = await timeOf(250);
  const many = await timeOf(2000);
  const ms = (time: number) => `${Math.round(time)} ms`;
  console.log(
    `2000 instances: ${ms(many.first)}, resumed in ${ms(many.second)}, ${Math.round(many.heap / 1e6)} MB more heap; 250: ${ms(few.first)}, ${ms(few.second)}`,
  );
  // Eight times as much; room for a busy machine, but not for squares.
  assert.ok(many.first < few.first * 30, "the time grows faster than the list");
  assert.ok(many.heap < 300e6);
});

test("a title with an expression is recorded with its values, and shown", async () => {
  const runbook = await runbookOf(
    parts(
      `- { id: stop, title: "Stop \${{ each.key }}", forEach: [eu, us], uses: exec, reads: true, with: { argv: ["true"] } }\n- { id: plain, title: Plain, uses: exec, reads: true, with: { argv: ["true"] } }\n`,
    ),
  );
  await withRun(runbook, async (run) => {
    const { state, events } = await run.turn();
    assert.is(state.steps.get("stop[eu]")?.title, "Stop eu");
    assert.is(state.steps.get("plain")?.title, undefined);
    assert.ok(events.some((event) => event.type === "step-started" && event.title === "Stop us"));
    const status = renderStatus(runbook, { id: "k", state, live: false }, { color: false, width: 100 });
    assert.match(status, /stop\[eu\] +Stop eu/);
    assert.match(status, /stop\[us\] +Stop us/);
    const records = events.flatMap((event) =>
      event.type === "step-started" ? [{ seq: 1, hash: "", at: "2026-11-21T03:02:11.000Z", event }] : [],
    );
    assert.equal(
      collectSteps(records, runbook).map(({ title }) => title),
      ["Stop eu", "Stop us", "Plain"],
    );
  });
});

test.run();
