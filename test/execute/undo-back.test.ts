import { test } from "uvu";
import * as assert from "uvu/assert";
import { answererOf, engineFor, stepsOf } from "../support/engine.ts";
import { parts, runbookIncluding } from "../support/group-steps.ts";
import { finishes, marked, messageOf, reasonOf, undoPlaces, withEngine } from "../support/undo-run.ts";

const { place, remove } = undoPlaces();
test.after(remove);

test("onFailure: undo undoes the run in the same turn, and is no success", async () => {
  const { folder, read } = place();
  const steps = `${marked(folder, "one")}- { id: bad, uses: exec, repeatable: true, onFailure: undo, with: { argv: ["false"] } }\n`;
  await withEngine(steps, async (engine) => {
    const turn = await engine.turn();
    assert.equal(turn.end, { state: "undone", failed: true });
    assert.is(turn.state.undo?.via, "failure");
    assert.match(turn.state.undo?.why ?? "", /step bad failed/);
    assert.is(read("log"), "one\nundo one\n");
    assert.equal(finishes(turn), ["bad left", "one undone"]);
  });
});

test("undo-run and undo-step, decided at a failure", async () => {
  const { folder, read } = place();
  await withEngine(
    marked(folder, "one") + marked(folder, "two").replace('; touch "$F/$N"', "; exit 3"),
    async (engine) => {
      const turn = await engine.turn(
        answererOf({ rule: async () => ({ decision: "undo-run", by: "ana", why: "enough", via: "prompt" }) }),
      );
      assert.is(turn.end.state, "undone");
      assert.equal([turn.state.undo?.by, turn.state.undo?.why], ["ana", "enough"]);
      assert.is(read("log"), "one\ntwo\nundo one\n");
    },
  );
});

test("a step in doubt is taken back alone, without another question, and runs again on a resume", async () => {
  const { folder, put, read, has } = place();
  const steps = `${marked(folder, "one")}- id: two
  uses: shell
  timeout: 400ms
  with: { script: 'echo two >> log; touch half; test -e ok || sleep 30; touch two', cwd: "${folder}" }
  check:
    uses: shell
    with: { script: 'test -e two && exit 0; test -e half && exit 5; exit 1', cwd: "${folder}" }
    done: "\${{ result.exitCode == 0 }}"
    notDone: "\${{ result.exitCode == 1 }}"
  undo: { uses: shell, with: { script: 'echo undo two >> log; rm -f half two', cwd: "${folder}" } }
`;
  await withEngine(steps, async (engine) => {
    const asked: string[] = [];
    const turn = await engine.turn(
      answererOf({
        rule: async ({ situation, canUndoStep }) => {
          asked.push(`${situation} ${canUndoStep}`);
          return { decision: "undo-step", by: "ana", via: "prompt" };
        },
      }),
    );
    assert.equal(asked, ["in-doubt true"]);
    assert.is(reasonOf(turn), "rewound", JSON.stringify(turn.end));
    assert.equal(finishes(turn), ["two undone"]);
    assert.not(has("half"));
    put("ok", "");
    const next = await engine.turn();
    assert.is(next.end.state, "done");
    assert.is(read("log"), "one\ntwo\nundo two\ntwo\n");
  });
});

test("back to a step: only it and what comes after is undone, and a resume runs those again under new keys", async () => {
  const { folder, read, has } = place();
  const steps = `${marked(folder, "one")}- id: group
  title: A group
  steps:
${marked(folder, "a").replace(/^(?=.)/gm, "    ")}${marked(folder, "b").replace(/^(?=.)/gm, "    ")}- id: each
  forEach: [x, y]
  steps:
${marked(folder, "e")
  .replace(/N: e/g, 'N: "e_${{ each.key }}"')
  .replace(`${folder}/e"]`, `${folder}/e_\${{ each.key }}"]`)
  .replace(/^(?=.)/gm, "    ")}`;
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  await withEngine(
    steps,
    async (engine) => {
      assert.is((await engine.turn()).end.state, "done");
      assert.is(read("log"), "one\na\nb\ne_x\ne_y\nfin\n");
      const unknown = await engine.turn(undefined, { undo: { to: "nowhere" } });
      assert.is(reasonOf(unknown), "refused");
      assert.match(messageOf(unknown), /there is no step nowhere; nothing was undone/);
      assert.match(messageOf(await engine.turn(undefined, { undo: { to: "each[x]/e" } })), /can't be taken back/);
      const turn = await engine.turn(undefined, { undo: { to: "b" } });
      assert.is(reasonOf(turn), "rewound");
      assert.equal(finishes(turn), ["each[y]/e undone", "each[x]/e undone", "b undone"]);
      const rewound = turn.events.find((event) => event.type === "rewound");
      assert.equal(rewound?.type === "rewound" ? [...rewound.steps].sort() : [], [
        "b",
        "each",
        "each[x]",
        "each[x]/e",
        "each[y]",
        "each[y]/e",
        "fin",
        "group",
      ]);
      assert.is(turn.state.undo, undefined);
      assert.ok(has("a") && !has("b"));
      const next = await engine.turn();
      assert.is(next.end.state, "done", JSON.stringify(next.end));
      assert.equal(
        next.events.flatMap((event) =>
          event.type === "step-started" || event.type === "group-started" ? [event.key] : [],
        ),
        ["group~2#1", "b~2#1", "each~2#1", "each[x]~2#1", "each[x]/e~2#1", "each[y]~2#1", "each[y]/e~2#1", "fin~2#1"],
      );
      // And all of it is undone in the end, each once in its own round.
      const all = await engine.turn(undefined, { undo: {} });
      assert.equal(finishes(all), ["each[y]/e undone", "each[x]/e undone", "b undone", "a undone", "one undone"]);
      assert.ok(all.events.some((event) => event.type === "undo-started" && event.key === "b~2!undo#1"));
    },
    more,
  );
});

test("back to a step inside of an included runbook that was through", async () => {
  const { folder, read } = place();
  const inner = (marked(folder, "a") + marked(folder, "b"))
    .replace(/N: ([ab])\b/g, 'N: "$1_${{ inputs.site }}"')
    .replace(/\/([ab])"\]/g, '/$1_${{ inputs.site }}"]');
  const runbook = await runbookIncluding(
    stepsOf(
      `${marked(folder, "one")}- { id: db, uses: runbook, with: { runbook: inner, inputs: { site: "eu \${{ steps.one.status }}" } } }\n${marked(folder, "end")}`,
    ),
    {
      inner: `${parts(inner, { head: "inputs: { site: { type: string } }\n" })}outputs: { site: "\${{ inputs.site }}" }\n`,
    },
  );
  const engine = engineFor(runbook);
  const first = await engine.turn();
  assert.is(first.end.state, "done", JSON.stringify(first.end));
  const turn = await engine.turn(undefined, { undo: { to: "db/b" } });
  assert.is(reasonOf(turn), "rewound", JSON.stringify(turn.end));
  assert.equal(finishes(turn), ["end undone", "db/b undone"]);
  // What stands before it in the included runbook can still be undone, without going on first.
  const all = await engine.turn(undefined, { undo: {} });
  assert.is(all.end.state, "undone", JSON.stringify(all.end));
  assert.equal(finishes(all), ["db/a undone", "one undone"]);
  assert.match(read("log"), /undo b_eu done\nundo a_eu done\nundo one\n$/);
  engine.remove();
});

test.run();
