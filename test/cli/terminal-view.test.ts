import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openTerminal, type Terminal } from "../support/terminal.ts";

async function withTerminal(
  args: readonly string[],
  act: (terminal: Terminal) => Promise<void>,
  columns = 80,
): Promise<void> {
  const terminal = openTerminal(["test/fixtures/terminal-program.ts", ...args], { columns, rows: 24 });
  try {
    await act(terminal);
  } finally {
    terminal.close();
  }
}

async function answerIn(file: string): Promise<unknown> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      const text = readFileSync(file, "utf8");
      if (text.endsWith("\n")) return JSON.parse(text.slice("ANSWER ".length));
    } catch {
      // Not written yet.
    }
    await delay(20);
  }
  throw new Error("the program did not come to its end in ten seconds");
}

test("every step that ended keeps one line; what was drawn meanwhile is wiped away", async () => {
  await withTerminal(["steps"], async (terminal) => {
    await terminal.until("█");
    await terminal.until("of 2.9 GB");
    await terminal.until("✖ load");
    await terminal.until("attempt 2 of 3 in");
    await terminal.until("ANSWER");
    await terminal.ended();
    const text = terminal.text();
    assert.ok(text.includes("✔ stop        Stop the server          700 ms\n"));
    assert.ok(text.includes("✔ copy        Keep a copy of the data  1.5 s\n"));
    assert.ok(
      text.includes(
        "✖ load        Load the dump            failed after 2 min 10 s\n  psql stopped at line 48,112: duplicate key value\n  The database was left as it was.\n",
      ),
    );
    assert.not.ok(terminal.raw().includes("\x1b[2J"), "a program's output must not reach the terminal's controls");
    assert.ok(
      terminal.raw().lastIndexOf("\x1b[?25h") > terminal.raw().lastIndexOf("\x1b[?25l"),
      "the cursor is shown again",
    );
  });
});

test("ten thousand quick steps are a line each, and are not held up", async () => {
  await withTerminal(["quick"], async (terminal) => {
    await terminal.until("ANSWER");
    const ms = Number(/"ms":(\d+)/.exec(terminal.text())?.[1]);
    assert.is(terminal.text().match(/✔ stop/g)?.length, 10_000);
    assert.ok(ms < 4000, `they took ${ms} ms`);
    assert.not.match(terminal.raw(), "\x1b[?25l");
  });
});

test("keys are thrown away, Ctrl-C is an interrupt, and the terminal is as it was", async () => {
  await withTerminal(["long"], async (terminal) => {
    await terminal.until("line 5");
    terminal.type("abc\r\x1a\x04");
    await delay(200);
    assert.not.match(terminal.text(), "abc");
    terminal.type("\x03");
    await terminal.until('ANSWER {"answer":"stopped","said":["interrupt"],"raw":false}');
  });
});

test("Ctrl-\\ ends at once", async () => {
  await withTerminal(["long"], async (terminal) => {
    await terminal.until("line 5");
    terminal.type("\x1c");
    assert.is((await terminal.ended()).signal, 3);
  });
});

test("a terminal that grows and shrinks is drawn on in its new width", async () => {
  await withTerminal(["long"], async (terminal) => {
    await terminal.until("more than fits …");
    terminal.resize(40, 10);
    await terminal.until("that has muc…");
    terminal.resize(160, 30);
    await terminal.until("more than fits on a line");
    terminal.type("\x03");
    await terminal.until("stopped");
  });
});

test("a narrow terminal has whole lines, broken", async () => {
  await withTerminal(
    ["steps"],
    async (terminal) => {
      await terminal.until("ANSWER");
      for (const words of [
        "Keep a copy of the data\n              1.5 s\n",
        "psql stopped at line 48,112: duplicate\n  key value\n",
      ])
        assert.ok(terminal.text().includes(words), words);
    },
    40,
  );
});

test("a lost connection stops a question, and a step runs to its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "belay-terminal-"));
  try {
    for (const [scenario, wait, answer] of [
      ["confirm", "(y/N)", null],
      ["rule", "navigate", null],
      ["long", "line 5", "stopped"],
    ] as const) {
      const file = join(folder, scenario);
      await withTerminal([scenario, file], async (terminal) => {
        await terminal.until(wait);
        terminal.hangUp();
        const said = (await answerIn(file)) as { answer: unknown; said: string[] };
        assert.equal(said.answer, answer);
        assert.ok(said.said.every((one) => one === "hang-up"));
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
