import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Answerer } from "../../src/execute/questions.ts";
import { answererOf, runbookOf } from "../support/engine.ts";
import { type GroupRun, withRun } from "../support/group-run.ts";
import { group, parts, runbookIncluding, say, sayOnce, slow, together } from "../support/group-steps.ts";

const three = together("all", slow("a") + slow("b") + group("c", "title: C", slow("c1") + say("c2")));
const begun = (run: GroupRun) => run.until("a begun", "b begun", "c1 begun");
const yes: Answerer["confirm"] = async () => ({ by: "tester", via: "prompt" });

test("Ctrl-C while three branches work: each step is finished, nothing else begins, and a resume goes on exactly", async () => {
  await withRun(await runbookOf(parts(three + say("last"))), async (run) => {
    const pause = new AbortController();
    const turn = run.turn(undefined, { pause: pause.signal });
    await begun(run);
    pause.abort();
    for (const id of ["a", "b", "c1"]) run.put(`go-${id}`);
    const { end, state } = await turn;
    assert.is(end.state === "paused" && end.reason, "interrupted");
    assert.equal(
      ["a", "b", "c1"].map((id) => state.steps.get(id)?.status),
      ["done", "done", "done"],
    );
    assert.not(state.steps.has("c2"));
    assert.is((await run.turn()).end.state, "done");
    assert.equal(run.said().slice(-2), ["c2", "last"]);
    assert.is(new Set(run.said()).size, run.said().length);
  });
});

test("a second Ctrl-C: every running change is in doubt, and none is called failed or done", async () => {
  const text = parts(`${together("all", slow("a") + slow("b") + slow("c1"))}${say("last")}`);
  await withRun(await runbookOf(text), async (run) => {
    const [pause, now] = [new AbortController(), new AbortController()];
    const turn = run.turn(undefined, { pause: pause.signal, now: now.signal });
    await begun(run);
    pause.abort();
    now.abort();
    const { end, state } = await turn;
    assert.is(end.state === "paused" && end.reason, "interrupted");
    assert.equal(
      ["a", "b", "c1"].map((id) => state.steps.get(id)?.status),
      ["in-doubt", "in-doubt", "in-doubt"],
    );
    const second = await run.turn();
    assert.is(second.end.state === "paused" && second.end.reason, "in-doubt");
    assert.not(run.said().includes("a ended"), "nobody knows, so nobody runs it again");
  });
});

test("a second Ctrl-C in the look after a change: in doubt, not failed", async () => {
  const check = `check:
  uses: shell
  with: { script: "test -e said || exit 3; echo looking >> said; sleep 5" }
  done: "\${{ result.exitCode == 0 }}"
  notDone: "\${{ result.exitCode == 3 }}"
`;
  await withRun(await runbookOf(parts(say("a", "a", check))), async (run) => {
    const [pause, now] = [new AbortController(), new AbortController()];
    const turn = run.turn(undefined, { pause: pause.signal, now: now.signal });
    await run.until("a", "looking");
    pause.abort();
    now.abort();
    const { end, state } = await turn;
    assert.is(end.state === "paused" && end.reason, "interrupted", JSON.stringify(end));
    assert.is(state.steps.get("a")?.status, "in-doubt");
  });
});

test("a branch that ends the turn holds back what another was about to begin after its question", async () => {
  const steps = together(
    "all",
    say("asks", "asks", 'confirm: { message: "go?" }') +
      `- { id: stops, uses: exec, repeatable: true, onFailure: undo, with: { argv: ["false"] } }\n`,
  );
  await withRun(await runbookOf(parts(steps)), async (run) => {
    let answer = () => {};
    const asked = new Promise<void>((done) => {
      answer = done;
    });
    const confirm: Answerer["confirm"] = async () => {
      await asked;
      return { by: "tester", via: "prompt" };
    };
    const turn = run.turn(answererOf({ confirm })).catch((error: Error) => error);
    setTimeout(answer, 400);
    await turn;
    assert.equal(run.said(), [], "it was agreed to, and the run was to be undone by then");
  });
});

test("a branch that waits for its next attempt does not hold up the end of the turn", async () => {
  const steps = together(
    "all",
    `- { id: tries, uses: exec, repeatable: true, retry: { attempts: 2, delay: 1m }, with: { argv: ["false"] } }\n${say("asks", "asks", "confirm: { message: go?, approvers: 1 }")}`,
  );
  const stand = async () => ({
    state: "rejected" as const,
    by: [{ decision: "reject" as const, by: "eva", at: "2026-01-01T00:00:00Z" }],
  });
  const approvals = { patient: true, ask: async () => "digest", stand, withdraw: async () => {} };
  await withRun(
    await runbookOf(parts(steps)),
    async (run) => {
      const begun = performance.now();
      const { end } = await run.turn(answererOf({ confirm: yes }));
      assert.is(end.state === "paused" && end.reason, "stopped", JSON.stringify(end));
      assert.match(end.state === "paused" ? end.message : "", /eva rejected step asks/);
      assert.ok(performance.now() - begun < 10_000);
      assert.equal(run.said(), []);
    },
    {},
    { approvals },
  );
});

test("a fault of belay itself in one branch: the others end, and the journal says what happened", async () => {
  const confirm: Answerer["confirm"] = async () => {
    throw new TypeError("a fault of belay");
  };
  const steps =
    together("all", say("asks", "asks", "confirm: { message: go? }") + slow("b") + slow("c", "")) + say("last");
  await withRun(await runbookOf(parts(steps)), async (run) => {
    const turn = run.turn(answererOf({ confirm })).then(
      () => undefined,
      (error: Error) => error,
    );
    await run.until("b begun", "c begun");
    run.put("go-b");
    run.put("go-c");
    assert.match(String(await turn), /a fault of belay/);
    const ends = run
      .records()
      .flatMap(({ event }) => (event.type === "step-finished" ? [`${event.step} ${event.state}`] : []));
    assert.equal(ends.sort(), ["b done", "c done"]);
    const second = await run.turn(answererOf({ confirm: yes }));
    assert.is(second.end.state, "done", JSON.stringify(second.end));
    assert.equal(run.said().slice(-2), ["asks", "last"]);
  });
});

test("two questions at once, answered in any order", async () => {
  for (const order of [
    ["x", "y"],
    ["y", "x"],
  ]) {
    const steps = together(
      "all",
      say("x", "x", "confirm: { message: go? }") + say("y", "y", "confirm: { message: go? }"),
    );
    await withRun(await runbookOf(parts(steps)), async (run) => {
      const waiting = new Map<string, () => void>();
      const confirm: Answerer["confirm"] = ({ step }) =>
        new Promise((done) => {
          waiting.set(step, () => done({ by: "tester", via: "prompt" }));
          if (waiting.size < 2) return;
          const [first = "", second = ""] = order;
          waiting.get(first)?.();
          void run.until(first).then(() => waiting.get(second)?.());
        });
      assert.is((await run.turn(answererOf({ confirm }))).end.state, "done");
      assert.equal(run.said(), order);
    });
  }
});

test("a branch in doubt and one that is done: a person is asked about the one only", async () => {
  const steps = together("all", slow("a") + sayOnce("b") + say("c")) + say("last");
  await withRun(await runbookOf(parts(steps)), async (run) => {
    const [pause, now] = [new AbortController(), new AbortController()];
    const turn = run.turn(undefined, { pause: pause.signal, now: now.signal });
    await run.until("a begun", "b", "c");
    while (!run.records().some(({ event }) => event.type === "step-finished" && event.step === "c")) {
      await new Promise((done) => setTimeout(done, 10));
    }
    pause.abort();
    now.abort();
    await turn;
    const asked: string[] = [];
    const rule: Answerer["rule"] = async ({ step, situation }) => {
      asked.push(`${step} ${situation}`);
      return { decision: "done-by-hand", by: "tester", via: "prompt", why: "looked", evidence: "the file" };
    };
    const { end, state } = await run.turn(answererOf({ rule }));
    assert.is(end.state, "done", JSON.stringify(end));
    assert.equal(asked, ["a in-doubt"]);
    assert.is(state.steps.get("all")?.status, "done");
    assert.equal(
      run
        .said()
        .filter((line) => ["b", "c", "last"].includes(line))
        .sort(),
      ["b", "c", "last"],
    );
  });
});

test("a failure with onFailure: undo in a branch asks for the undoing once the others have ended", async () => {
  const steps = together(
    "all",
    `${slow("a")}- { id: fails, uses: exec, repeatable: true, onFailure: undo, with: { argv: ["false"] } }\n`,
  );
  await withRun(await runbookOf(parts(steps, { finally: say("end") })), async (run) => {
    const turn = run.turn();
    await run.until("a begun");
    run.put("go-a");
    const { end } = await turn;
    assert.ok(run.said().includes("a ended"));
    const seqOf = (type: string, step?: string) =>
      run.records().find(({ event }) => event.type === type && (!step || ("step" in event && event.step === step)))
        ?.seq ?? 0;
    assert.ok(seqOf("undo-begun") > seqOf("step-finished", "a"), JSON.stringify(end));
    assert.ok(seqOf("undo-begun") > seqOf("step-finished", "fails"));
    // Neither can be undone, so both are named: what failed may have changed something.
    const last = run.records().at(-1)?.event;
    assert.is(last?.type === "run-finished" && last.state, "undone");
    assert.equal(last?.type === "run-finished" && [...(last.left ?? [])].sort(), ["a", "fails"]);
    assert.is(run.said().at(-1), "end");
  });
});

test("a run that is undone in the middle of an included finally goes on with it, and repeats none of it", async () => {
  const tidy = parts(`- { id: i1, uses: exec, reads: true, with: { argv: ["true"] } }\n`, {
    finally: slow("f1") + say("f2"),
  });
  const fails = `- id: fails\n  uses: shell\n  repeatable: true\n  reads: true\n  onFailure: undo\n  with: { script: "until test -e go-fails; do sleep 0.01; done; exit 1" }\n`;
  const steps = together("all", `- { id: sub, uses: runbook, with: { runbook: tidy } }\n${fails}`);
  await withRun(await runbookIncluding(parts(steps, { finally: say("end") }), { tidy }), async (run) => {
    const turn = run.turn();
    await run.until("f1 begun");
    run.put("go-fails");
    while (!run.records().some(({ event }) => event.type === "step-finished" && event.step === "fails")) {
      await new Promise((done) => setTimeout(done, 10));
    }
    run.put("go-f1");
    const { end } = await turn;
    assert.is(end.state, "undone", JSON.stringify(end));
    assert.equal(run.said(), ["f1 begun", "f1 ended", "f2", "end"]);
  });
});

test("a deadline that branches meet at the same time is decided once, and a person is asked once", async () => {
  for (const [atLimit, questions] of [
    ["continue", 0],
    ["ask", 1],
  ] as const) {
    const text = parts(
      `- { id: first, uses: exec, repeatable: true, with: { argv: [sleep, "0.1"] } }\n${together("all", say("a") + say("b") + say("c"))}`,
      { head: `deadlines:\n  outage: { start: first, within: 10ms, atLimit: ${atLimit} }\n` },
    );
    await withRun(await runbookOf(text), async (run) => {
      let asked = 0;
      const deadline: Answerer["deadline"] = async () => {
        asked += 1;
        await new Promise((done) => setTimeout(done, 50));
        return { decision: "continue", by: "tester", via: "prompt" };
      };
      assert.is((await run.turn(answererOf({ deadline }))).end.state, "done");
      assert.is(asked, questions);
      assert.is(run.records().filter(({ event }) => event.type === "deadline-decided").length, 1);
      assert.equal(run.said().sort(), ["a", "b", "c"]);
    });
  }
});

test.run();
