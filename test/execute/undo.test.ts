import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunEvent } from "../../src/event/event.ts";
import type { Answerer, UndoQuestion } from "../../src/execute/questions.ts";
import { worldOf } from "../support/crash-world.ts";
import { answererOf, type Engine, engineFor, runbookOf, stepsOf, type Turn } from "../support/engine.ts";
import { parts, runbookIncluding } from "../support/group-steps.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;
/** A folder of its own for a test, and how it looks byte for byte. */
function place() {
  places += 1;
  const folder = join(root, String(places));
  mkdirSync(folder);
  return {
    folder,
    put: (name: string, text: string) => writeFileSync(join(folder, name), text),
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
    has: (name: string) => existsSync(join(folder, name)),
    world: () => [...worldOf(folder, "no run")].map(([path, { what }]) => `${path} ${what}`),
  };
}

const undoWith = (questions: UndoQuestion[], answer: Awaited<ReturnType<Answerer["undo"]>>) =>
  answererOf({
    undo: async (question) => {
      questions.push(question);
      return answer;
    },
  });
const finishes = (turn: Turn) =>
  turn.events.flatMap((event) => (event.type === "undo-finished" ? [`${event.step} ${event.state}`] : []));
const reasonOf = ({ end }: Turn) => (end.state === "paused" ? end.reason : end.state);
const messageOf = ({ end }: Turn) => (end.state === "paused" ? end.message : "");
const typesOf = (turn: Turn): RunEvent["type"][] => turn.events.map(({ type }) => type);

async function withEngine(steps: string, work: (engine: Engine) => Promise<void>, more = ""): Promise<void> {
  const engine = engineFor(await runbookOf(stepsOf(steps) + more));
  try {
    await work(engine);
  } finally {
    engine.remove();
  }
}

test("a run that is done is undone in reverse, and the world is as before", async () => {
  const { folder, put, read, world } = place();
  put("app.conf", "port=80\n");
  put("old", "old\n");
  mkdirSync(join(folder, "live"));
  mkdirSync(join(folder, "staged"));
  put("live/v", "1\n");
  put("staged/v", "2\n");
  chmodSync(join(folder, "old"), 0o640);
  const before = world();
  await withEngine(
    `- { id: edit, uses: files.edit, with: { path: ${folder}/app.conf, set: { port: 90 } } }
- { id: again, uses: files.edit, with: { path: ${folder}/app.conf, set: { port: 91, host: x } } }
- { id: new, uses: files.write, with: { path: ${folder}/new, content: hi } }
- { id: gone, uses: files.remove, with: { path: ${folder}/old } }
- { id: swap, uses: files.replace-directory, with: { path: ${folder}/live, with: ${folder}/staged } }
- { id: look, uses: exec, reads: true, with: { argv: ["true"] } }
- { id: move, uses: files.move, with: { from: ${folder}/live, to: ${folder}/moved } }
`,
    async (engine) => {
      assert.is(reasonOf(await engine.turn()), "done");
      assert.is(read("moved/v"), "2\n");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(turn.end, { state: "undone" });
      assert.equal(
        finishes(turn),
        ["move", "swap", "gone", "new", "again", "edit"].map((id) => `${id} undone`),
      );
      assert.equal(world(), before);
      assert.is(turn.state.status, "undone");
      assert.is(turn.state.steps.get("edit")?.status, "undone");
      assert.is(turn.state.undo?.via, "command");
      // The start of each is there before its end, and nothing of the next before that.
      const told = turn.events.flatMap((event) =>
        event.type === "undo-started" || event.type === "undo-finished" ? [`${event.type} ${event.key}`] : [],
      );
      assert.equal(told.slice(0, 3), [
        "undo-started move!undo#1",
        "undo-finished move!undo#1",
        "undo-started swap!undo#1",
      ]);
    },
  );
});

/** A step that adds a word to a file, and an undo that adds another one and takes the mark away. */
const marked = (folder: string, id: string, more = "") => `- id: ${id}
  uses: shell
  with: { script: 'echo "$N" >> "$F/log"; touch "$F/$N"', env: { N: ${id}, F: "${folder}" } }
  check:
    uses: exec
    with: { argv: [test, -e, "${folder}/${id}"] }
    done: "\${{ result.exitCode == 0 }}"
    notDone: "\${{ result.exitCode == 1 }}"
  undo:
    uses: shell
    with: { script: 'echo "undo $N" >> "$F/log"; rm "$F/$N"', env: { N: ${id}, F: "${folder}" } }
${more}`;

test("an author's undo runs, and what was undone already is only looked at", async () => {
  const { folder, read, has } = place();
  await withEngine(marked(folder, "one") + marked(folder, "two") + marked(folder, "three"), async (engine) => {
    await engine.turn();
    rmSync(join(folder, "two"));
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["three undone", "two already-undone", "one undone"]);
    assert.is(read("log"), "one\ntwo\nthree\nundo three\nundo one\n");
    assert.not(has("one"));
    assert.match(turn.state.steps.get("two")?.undo?.message ?? "", /exit code 1/);
  });
});

test("an undo that leaves the step done has failed, and a person says what becomes of it", async () => {
  const { folder } = place();
  const steps = marked(folder, "one") + marked(folder, "two").replace('; rm "$F/$N"', "");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "failed");
    assert.match(messageOf(nobody), /undoing step two failed: it ran, but the step still looks done/);
    assert.is(nobody.state.steps.get("two")?.undo?.status, "failed");
    assert.is(nobody.state.steps.get("two")?.status, "done");
    // A resume goes on undoing, and tries it again; now somebody is there.
    const questions: UndoQuestion[] = [];
    const turn = await engine.turn(
      undoWith(questions, { decision: "leave", by: "ana", why: "it may stay", via: "prompt" }),
    );
    assert.equal(
      questions.map(({ situation, step }) => `${step} ${situation}`),
      ["two failed"],
    );
    assert.equal(finishes(turn), ["two failed", "two left", "one undone"]);
    assert.is(turn.end.state, "undone");
    assert.equal(turn.state.left, ["two"]);
    assert.is(turn.state.steps.get("two")?.undo?.why, "it may stay");
  });
});

test("done by hand, with what was seen, is kept", async () => {
  const { folder } = place();
  await withEngine(marked(folder, "one").replace('; rm "$F/$N"', "; exit 7"), async (engine) => {
    await engine.turn();
    const turn = await engine.turn(
      undoWith([], { decision: "done-by-hand", by: "ana", why: "rm", evidence: "it is gone", via: "prompt" }),
      { undo: {} },
    );
    assert.equal(finishes(turn), ["one failed", "one undone-by-hand"]);
    assert.is(turn.end.state, "undone");
    const undo = turn.state.steps.get("one")?.undo;
    assert.equal([undo?.by, undo?.why, undo?.evidence], ["ana", "rm", "it is gone"]);
    assert.is(turn.state.steps.get("one")?.status, "undone");
  });
});

test("an action's own undo refuses what was changed since, and touches nothing", async () => {
  const { folder, put, read } = place();
  put("conf", "old\n");
  await withEngine(
    `- { id: write, uses: files.write, with: { path: ${folder}/conf, content: "new\\n" } }\n`,
    async (engine) => {
      await engine.turn();
      put("conf", "somebody's\n");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.is(reasonOf(turn), "failed");
      assert.match(messageOf(turn), /not as the step left it/);
      assert.is(read("conf"), "somebody's\n");
      put("conf", "new\n");
      assert.is((await engine.turn()).end.state, "undone");
      assert.is(read("conf"), "old\n");
    },
  );
});

test("what can't be undone, and what need not be, stays and is said; the rest is undone", async () => {
  const { folder, read } = place();
  const line = (id: string, undo: string) =>
    `- { id: ${id}, uses: shell, with: { script: "echo ${id} >> ${folder}/log" }${undo} }\n`;
  const steps =
    line("plain", "") +
    line("never", ", undo: { none: the mail is out }") +
    line("needless", ", undo: { notNeeded: it only warms a cache }") +
    marked(folder, "last");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.is(turn.end.state, "undone");
    assert.equal(finishes(turn), ["last undone", "needless left", "never left", "plain left"]);
    assert.equal(turn.state.left, ["never", "plain"]);
    assert.is(turn.state.steps.get("never")?.undo?.message, "the mail is out");
    assert.is(turn.state.steps.get("needless")?.undo?.message, "nothing to take back: it only warms a cache");
    assert.match(turn.state.steps.get("plain")?.undo?.message ?? "", /shell can't be undone/);
    assert.is(read("log"), "plain\nnever\nneedless\nlast\nundo last\n");
  });
});

test("steps of finally, and those found already done, stay; finally runs once more only where it had not", async () => {
  const { folder, put, read } = place();
  put("there", "there\n");
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  await withEngine(
    `- { id: there, uses: files.write, with: { path: ${folder}/there, content: "there\\n" } }\n${marked(folder, "one")}`,
    async (engine) => {
      await engine.turn();
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(finishes(turn), ["one undone"]);
      assert.is(read("there"), "there\n");
      assert.is(read("log"), "one\nfin\nundo one\n");
    },
    more,
  );
});

test("a run that failed is undone, with its failed step, and then puts things in order", async () => {
  const { folder, read } = place();
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  const fails = marked(folder, "two").replace('; touch "$F/$N"', "; exit 3");
  await withEngine(
    marked(folder, "one") + fails,
    async (engine) => {
      assert.is(reasonOf(await engine.turn()), "failed");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(finishes(turn), ["two already-undone", "one undone"]);
      assert.is(read("log"), "one\ntwo\nundo one\nfin\n");
    },
    more,
  );
});

test("a failed step without a check: its author's undo asks first", async () => {
  const { folder, read } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "echo one >> ${folder}/log; exit 1" }
  undo: { uses: shell, with: { script: "echo undo >> ${folder}/log" } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "in-doubt");
    assert.equal(finishes(nobody), []);
    const questions: UndoQuestion[] = [];
    const turn = await engine.turn(undoWith(questions, { decision: "run-again", by: "ana", via: "prompt" }));
    assert.equal(
      questions.map(({ situation }) => situation),
      ["changed-since"],
    );
    assert.match(questions[0]?.message ?? "", /it failed/);
    assert.is(turn.end.state, "undone");
    assert.is(read("log"), "one\nundo\n");
    assert.ok(turn.events.some((event) => event.type === "decided" && event.decision === "run-again"));
    assert.is(turn.state.steps.get("one")?.key, "one#1");
  });
});

test("a step that was skipped after it had begun is looked at", async () => {
  const { folder, put, read } = place();
  const steps = marked(folder, "one").replace('; touch "$F/$N"', '; touch "$F/$N"; exit 4');
  await withEngine(steps, async (engine) => {
    const first = await engine.turn(
      answererOf({ rule: async () => ({ decision: "skip", by: "ana", why: "no matter", via: "prompt" }) }),
    );
    assert.is(first.end.state, "done");
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["one undone"]);
    const begun = turn.events.find((event) => event.type === "undo-started");
    assert.match(begun?.type === "undo-started" ? (begun.seen ?? "") : "", /skipped after it had begun/);
    assert.is(read("log"), "one\nundo one\n");
    put("end", "");
  });
});

test("a manual undo asks the person, and what was to be undone must be gone", async () => {
  const { folder } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "touch ${folder}/one" }
  check: { uses: exec, with: { argv: [test, -e, "${folder}/one"] }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: manual, with: { instructions: "Remove \${{ run.id }}", ask: { ticket: { type: string } } } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "waiting");
    const lies = await engine.turn(answererOf({ manual: async () => ({ by: "ana", values: { ticket: "C1" } }) }));
    assert.is(reasonOf(lies), "failed");
    assert.match(messageOf(lies), /still looks done/);
    const asked: string[] = [];
    const turn = await engine.turn(
      answererOf({
        manual: async ({ title, instructions }) => {
          asked.push(title, instructions);
          rmSync(join(folder, "one"));
          return { by: "ana", values: { ticket: "C2" } };
        },
      }),
    );
    assert.is(turn.end.state, "undone");
    assert.is(asked[0], "undo: one");
    const undo = turn.state.steps.get("one")?.undo;
    assert.equal([undo?.status, undo?.by, undo?.evidence], ["undone-by-hand", "ana", "ticket: C2"]);
  });
});

test("an author's undo reads the step's result, and has a time limit", async () => {
  const { folder, read } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "echo 42 | tee ${folder}/one" }
  undo:
    uses: shell
    timeout: 300ms
    with: { script: 'echo "$R" > "$F"; sleep "$S"', env: { R: "\${{ result.lines[0] }} \${{ inputs.s }}", S: "\${{ inputs.s }}", F: ${folder}/undo } }
`;
  const runbook = await runbookOf(`${stepsOf(steps)}inputs: { s: { type: string } }\n`);
  const quick = engineFor(runbook, { s: "0" });
  await quick.turn();
  assert.is((await quick.turn(undefined, { undo: {} })).end.state, "undone");
  assert.is(read("undo"), "42 0\n");
  quick.remove();
  const slow = engineFor(runbook, { s: "20" });
  await slow.turn();
  const turn = await slow.turn(undefined, { undo: {} });
  assert.is(reasonOf(turn), "in-doubt");
  assert.match(messageOf(turn), /time limit/);
  assert.is(turn.state.steps.get("one")?.undo?.status, "in-doubt");
  slow.remove();
});

test("files.move and files.write undo a program's work, with what they themselves remember", async () => {
  const { folder, put, world } = place();
  put("conf", "old\n");
  put("from", "x\n");
  const before = world();
  const steps = `- id: swap
  uses: shell
  with: { script: "mv ${folder}/from ${folder}/to" }
  check: { uses: exec, with: { argv: [test, -e, "${folder}/to"] }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: files.move, with: { from: "${folder}/to", to: "${folder}/from" } }
- id: conf
  uses: files.write
  with: { path: "${folder}/conf", content: "new\\n" }
  undo: { uses: files.write, with: { path: "${folder}/conf", content: "old\\n" } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["conf undone", "swap undone"]);
    assert.equal(world(), before);
    const names = [...(turn.state.steps.get("swap")?.remembered.keys() ?? [])];
    assert.ok(
      names.every((name) => name.startsWith("undo ")),
      names.join(),
    );
  });
});

test("stopping between two steps pauses, and a resume goes on", async () => {
  const { folder, read } = place();
  const stop = new AbortController();
  const steps =
    marked(folder, "one") +
    marked(folder, "two").replace(
      "    uses: shell\n    with: { script: 'echo \"undo",
      "    uses: shell\n    with: { script: 'sleep 0.2; echo \"undo",
    );
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const timer = setInterval(() => {
      if (readFileSync(engine.folder.journal, "utf8").includes('"undo-started"')) stop.abort();
    }, 5);
    const turn = await engine.turn(undefined, { undo: {}, pause: stop.signal });
    clearInterval(timer);
    assert.is(reasonOf(turn), "interrupted");
    assert.equal(finishes(turn), ["two undone"]);
    const next = await engine.turn();
    assert.equal(finishes(next), ["one undone"]);
    assert.is(read("log"), "one\ntwo\nundo two\nundo one\n");
  });
});

test("an undo that is ended on request is in doubt, and is looked at next time", async () => {
  const { folder, read } = place();
  const now = new AbortController();
  const slow = marked(folder, "one").replace('; rm "$F/$N"', '; rm "$F/$N"; test -e "$F/fast" || sleep 30');
  await withEngine(slow, async (engine) => {
    await engine.turn();
    const timer = setInterval(() => {
      if (!existsSync(join(folder, "one"))) now.abort();
    }, 20);
    const turn = await engine.turn(undefined, { undo: {}, pause: now.signal, now: now.signal });
    clearInterval(timer);
    assert.is(reasonOf(turn), "interrupted");
    assert.ok(typesOf(turn).includes("undo-in-doubt"));
    const next = await engine.turn();
    assert.is(next.end.state, "undone");
    assert.equal(finishes(next), ["one undone"]);
    assert.match(next.state.steps.get("one")?.undo?.message ?? "", /looking showed it/);
    assert.is(read("log"), "one\nundo one\n");
  });
});

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
