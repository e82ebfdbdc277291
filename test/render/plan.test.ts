import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { displayWidth } from "../../src/render/layout.ts";
import { renderPlan } from "../../src/render/plan.ts";
import { expectText } from "./expected-text.ts";
import { plan, plannedSteps } from "./samples.ts";
import { treePlan } from "./tree-plan.ts";

const changed = (changes: { readonly [id: string]: Partial<PlannedStep> }, more: Partial<Plan> = {}): Plan => ({
  ...plan,
  ...more,
  steps: plannedSteps.map((step) => ({ ...step, ...changes[step.id] })),
});

for (const width of [80, 200]) {
  test(`a plan at ${width} columns`, () => {
    expectText(`plan-${width}`, renderPlan(plan, { color: false, width }));
  });

  test(`all of a plan at ${width} columns`, () => {
    expectText(`plan-verbose-${width}`, renderPlan(plan, { color: false, width, verbose: true }));
  });

  test(`a plan that would fail, at ${width} columns`, () => {
    const failing = changed({
      space: { state: "would-fail", reason: "what is expected does not hold: ${{ result.freeBytes > 2000000 }}" },
    });
    expectText(`plan-failing-${width}`, renderPlan(failing, { color: false, width }));
  });

  test(`the plan of a resume at ${width} columns`, () => {
    const finished = {
      state: "finished",
      reason: "done at 2026-11-21T03:02:11.000Z",
      changes: [],
      noReturn: false,
    } as const;
    const resumed = changed(
      {
        stop: finished,
        safety_copy: finished,
        swap: {
          state: "in-doubt",
          reason:
            "begun at 2026-11-21T03:02:15.000Z, and its end is not known; it is half done: a person decides (repository is missing)",
          changes: [],
        },
      },
      { run: "k7" },
    );
    expectText(`plan-resume-${width}`, renderPlan(resumed, { color: false, width }));
  });

  test(`groups, instances and included runbooks at ${width} columns`, () => {
    const text = renderPlan(treePlan, { color: false, width, now: Date.parse(treePlan.madeAt), zone: "Europe/Berlin" });
    expectText(`plan-tree-${width}`, text);
    for (const line of text.split("\n")) assert.ok(displayWidth(line) <= width, line);
  });

  test(`a plan fits into ${width} columns`, () => {
    for (const line of renderPlan(plan, { color: false, width, verbose: true }).split("\n"))
      assert.ok(displayWidth(line) <= width, line);
  });
}

test("many instances that are alike are folded, those that are not are shown, and all of them where everything is wanted", () => {
  const short = renderPlan(treePlan, { color: false, width: 100 });
  assert.match(short, "… 34 more like these, with --verbose");
  assert.match(short, "sites[s5]/drop");
  assert.not.match(short, "sites[s6]/drop");
  assert.match(short, "sites[s21]/drop");
  const long = renderPlan(treePlan, { color: false, width: 100, verbose: true });
  assert.match(long, "sites[s40]/drop");
  assert.not.match(long, "more like these");
});

test("colour changes no character", () => {
  assert.is(
    renderPlan(plan, { color: true, width: 100 }).replace(/\x1b\[[0-9;]*m/g, ""),
    renderPlan(plan, { color: false, width: 100 }),
  );
});

test("a run that is past a change without undo has no line up to which all can be undone", () => {
  const past = changed({ stop: { state: "finished", reason: "done", effect: "change", noReturn: true, changes: [] } });
  assert.not.match(renderPlan(past, { color: false, width: 100 }), "every change up to here");
  assert.not.match(renderPlan(past, { color: false, width: 100 }), "POINT OF NO RETURN");
});

test("a long diff is cut, and says so; all of it where everything is wanted", () => {
  const diff = ["--- a", "+++ a", "@@ -1,30 +1,30 @@", ...Array.from({ length: 30 }, (_, i) => `+line ${i}`)].join(
    "\n",
  );
  const long = changed({ host_name: { changes: [{ kind: "edit", target: "a", summary: "30 lines", diff }] } });
  assert.match(renderPlan(long, { color: false, width: 80 }), "… and 11 more lines, with --verbose");
  assert.match(renderPlan(long, { color: false, width: 80, verbose: true }), "+line 29");
});

test("nothing from outside reaches the terminal's controls", () => {
  const evil = changed(
    { stop: { title: "Stop\x1b[2J it\u202e", reason: "\x1b]0;title\x07seen\rover" } },
    { inputs: { home: "/a\nb\x07" } },
  );
  const text = renderPlan(evil, { color: false, width: 100 });
  assert.not.match(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  assert.match(text, "Stop it\\u202e");
});

test("nothing to change", () => {
  const nothing = {
    ...changed({}),
    steps: plannedSteps.filter((step) => step.state === "done"),
    counts: { ...plan.counts, changes: 1, done: 1, noReturn: 0 },
    expectedDurationMs: 0,
  };
  assert.ok(
    renderPlan(nothing, { color: false, width: 80 }).endsWith(
      "\nplan 7c1f0e · nothing to change (1 more done already)",
    ),
  );
});

test.run();
