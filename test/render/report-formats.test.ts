import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderHtml } from "../../src/render/report/html.ts";
import { renderJson } from "../../src/render/report/json.ts";
import { renderMarkdown } from "../../src/render/report/markdown.ts";
import type { Report } from "../../src/render/report/model.ts";
import { timeAxis } from "../../src/render/report/time-axis.ts";
import { reportOf, runbookOf, startedEvent, stepDone, type Told } from "../support/report-source.ts";

const evil =
  "</pre><script>alert(1)</script><img src=x onerror=alert(2)> & \"q\" 'a' `b` | pipe \u202egnp.exe \u001b[31mred\u0000 @ops https://evil.example \ud800";

function hostile(): Report {
  return reportOf([
    [
      0,
      startedEvent({
        runbook: { name: "n", version: "1", title: evil, file: evil, digest: "d" },
        inputs: { [evil]: evil },
      }),
    ],
    [1, { type: "connected", connection: evil, kind: "host", summary: evil, facts: { [evil]: evil } }],
    [2, { type: "confirmed", step: evil, key: "k", by: evil, via: "prompt", message: evil, typed: evil, target: evil }],
    [
      3,
      {
        type: "step-started",
        step: evil,
        key: "k",
        section: "steps",
        attempt: "a1",
        effect: "change",
        input: { [evil]: evil },
      },
    ],
    [
      4,
      {
        type: "step-finished",
        step: evil,
        key: "k",
        section: "steps",
        state: "failed",
        message: evil,
        details: [evil],
        result: [evil],
      },
    ],
    [
      5,
      { type: "decided", step: evil, key: "k", decision: "skip", via: "prompt", by: evil, why: evil, evidence: evil },
    ],
    [6, { type: "run-paused", reason: "failed", step: evil, message: evil }],
  ]);
}

const wellFormed = (html: string) => XMLValidator.validate(html.replace(/^<!DOCTYPE html>\n/, ""));
/** What a browser would act on: tags and attributes, without the text. */
const tags = (html: string) =>
  [...html.replace(/<style>[\s\S]*?<\/style>/, "").matchAll(/<[^>]*>/g)].map(([tag]) => tag);

function neutral(html: string): void {
  assert.is(wellFormed(html), true);
  for (const tag of tags(html)) {
    assert.not.match(tag, /^<(script|img|iframe|link|object|embed|form|a)\b/i);
    assert.not.match(tag, /\s(on\w+|src|href|srcset)\s*=/i);
  }
  assert.not.match(html, /@import|url\(/);
  assert.not.match(html.replace(/\n/g, ""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  assert.match(html, /default-src 'none'/);
}

test("a hostile run is text and nothing else in HTML", () => {
  const html = renderHtml(hostile());
  neutral(html);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(html, /\\u202egnp\.exe/);
});

test("a hostile run breaks no table, fence or mention in Markdown", () => {
  const markdown = renderMarkdown(hostile());
  const outside = markdown.replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, "").replace(/^<!-- belay-report -->$/m, "");
  assert.not.match(outside, /<script|<img/);
  assert.not.match(outside, /(^|[^&#\d;])@ops/m);
  assert.not.match(outside, /https:\/\//);
  assert.not.match(markdown, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
  const rows = outside.split("\n").filter((line) => line.startsWith("|"));
  const columns = (row: string) => row.replace(/\\\|/g, "").split("|").length;
  for (let at = 1; at < rows.length; at++) {
    const [row, above] = [rows[at] as string, rows[at - 1] as string];
    if (/^\|(---\|)+$/.test(row)) assert.is(columns(row), columns(above));
    else if (!/^\|(---\|)+$/.test(rows[at + 1] ?? "")) assert.is(columns(row), columns(above), row);
  }
});

test("JSON is the whole model, and nothing in it turns a terminal around", () => {
  const report = hostile();
  const json = renderJson(report);
  assert.not.match(json, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  const back = JSON.parse(json) as Report;
  assert.is(back.format, 1);
  assert.equal(back, JSON.parse(JSON.stringify(report)));
});

async function large(instances: number, plain: number): Promise<Report> {
  const runbook = await runbookOf(`apiVersion: belay/v1
name: restore-db
title: Restore the database
steps:
  - id: sites
    forEach: [a]
    concurrency: 8
    title: Tell a site
    uses: exec
    with: { argv: [tell] }
${Array.from({ length: plain }, (_, i) => `  - { id: p${i}, uses: exec, with: { argv: [x] } }`).join("\n")}
`);
  const keys = Array.from({ length: instances }, (_, i) => ({ key: `s${i}`, value: i }));
  const told: Told[] = [
    [0, startedEvent()],
    [1, { type: "group-started", step: "sites", key: "sites#1", section: "steps", instances: keys }],
    ...keys.flatMap(({ key }, i) =>
      stepDone(`sites[${key}]`, 10 + i * 10, 75 + i * 10, i === 17 ? { state: "failed" } : {}),
    ),
    ...Array.from({ length: plain }, (_, i) => stepDone(`p${i}`, 200_000 + i * 10, 200_009 + i * 10)).flat(),
    [900_000, { type: "run-finished", state: "done" }],
  ];
  return reportOf(told, { runbook });
}

test("ten thousand instances fold, but for the one that went otherwise", async () => {
  const from = performance.now();
  const report = await large(10_000, 20);
  const html = renderHtml(report);
  const markdown = renderMarkdown(report);
  renderJson(report);
  assert.ok(performance.now() - from < 10_000, "in a few seconds");
  assert.ok(html.length < 200_000, `${html.length} characters of HTML`);
  assert.ok(markdown.length < 100_000, `${markdown.length} characters of Markdown`);
  assert.match(html, /9999 instances alike/);
  assert.match(html, /sites\[s17\]/);
  neutral(html);
});

test("ten thousand different steps stay within bounds", async () => {
  const report = await large(1, 10_000);
  const html = renderHtml(report);
  assert.ok(html.length < 10_000_000, `${html.length} characters of HTML`);
  assert.match(html, /more rows are not drawn/);
  assert.match(html, /p9999/);
});

test("a night's pause does not squeeze the work out of the time line", () => {
  const hour = 3_600_000;
  const axis = timeAxis(
    [
      { from: 0, to: 60_000 },
      { from: 9 * hour, to: 9 * hour + 60_000 },
    ],
    0,
    1000,
    60,
  );
  assert.ok(axis.x(60_000) > 400, `${axis.x(60_000)}`);
  assert.ok(axis.x(9 * hour) - axis.x(60_000) < 100);
  assert.is(axis.x(9 * hour + 60_000), 1000);
  const ticks = axis.ticks.map(({ x }) => x);
  for (let at = 1; at < ticks.length; at++) assert.ok((ticks[at] ?? 0) - (ticks[at - 1] ?? 0) >= 60);
});

test("labels of the time line stand one below the other", async () => {
  const html = renderHtml(await large(3, 30));
  for (const svg of html.match(/<svg[\s\S]*?<\/svg>/g) ?? []) {
    const labels = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" class="label/g)].map(([, , y]) => Number(y));
    assert.ok(labels.length > 30);
    for (let at = 1; at < labels.length; at++) assert.ok((labels[at] ?? 0) - (labels[at - 1] ?? 0) >= 15);
  }
});

const chromium = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { timeout: 20_000 }).status === 0,
);
if (chromium === undefined) console.log("skipped: no chromium here, so no browser has drawn the report");

(chromium ? test : test.skip)("a browser draws it, on screens and on paper", () => {
  const folder = mkdtempSync(join(tmpdir(), "belay-report-"));
  try {
    const file = join(folder, "report.html");
    writeFileSync(file, renderHtml(hostile()));
    const draw = (...args: string[]) =>
      spawnSync(
        chromium ?? "",
        ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}/profile`, ...args, `file://${file}`],
        {
          timeout: 60_000,
        },
      );
    draw(`--screenshot=${folder}/narrow.png`, "--window-size=400,1200");
    draw(`--print-to-pdf=${folder}/paper.pdf`);
    assert.ok(statSync(join(folder, "narrow.png")).size > 5000);
    assert.ok(statSync(join(folder, "paper.pdf")).size > 5000);
    const dom = draw("--window-size=400,1200", "--virtual-time-budget=1000", "--dump-dom").stdout.toString();
    assert.not.match(dom.replace(/&lt;/g, ""), /<script/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what was cut from a result that holds only a part is in the log, not in the journal", () => {
  const step = { step: "load", key: "load#1", section: "steps" } as const;
  for (const truncated of [true, false]) {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    const report = reportOf([
      [0, startedEvent()],
      [1, { type: "step-started", ...step, attempt: "a1", effect: "change", input: {} }],
      [
        2,
        {
          type: "step-finished",
          ...step,
          state: "done",
          durationMs: 1,
          result: { stdout: lines.join("\n"), truncated },
        },
      ],
    ]);
    assert.match(renderMarkdown(report), truncated ? "(the log has the rest)" : "(the journal has the rest)");
  }
});

test.run();
