import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openTerminal, type Terminal } from "../support/terminal.ts";

interface Said {
  readonly answer: unknown;
  readonly said: readonly string[];
  readonly raw: boolean;
}

async function play(scenario: string, act: (terminal: Terminal) => Promise<void>): Promise<Said> {
  const terminal = openTerminal(["test/fixtures/terminal-program.ts", scenario]);
  try {
    await act(terminal);
    await terminal.ended();
    const line = /ANSWER (\{.*\})/s.exec(terminal.text().replaceAll("\n", ""));
    return JSON.parse(line?.[1] ?? "null") as Said;
  } finally {
    terminal.close();
  }
}

const ask = (scenario: string, question: string, keys: string) =>
  play(scenario, async (terminal) => {
    await terminal.until(question);
    terminal.type(keys);
  });

const stopped = { answer: null, said: [], raw: false };
const interrupted = { answer: null, said: ["interrupt"], raw: false };
const confirmed = { answer: { by: "ana", via: "prompt" }, said: [], raw: false };

test("y agrees, and Enter alone, n and Ctrl-D do not", async () => {
  assert.equal(await ask("confirm", "(y/N)", "y\r"), confirmed);
  assert.equal(await ask("confirm", "(y/N)", "\r"), stopped);
  assert.equal(await ask("confirm", "(y/N)", "n\r"), stopped);
  assert.equal(await ask("confirm", "(y/N)", "\x04"), stopped);
  assert.equal(await ask("confirm", "(y/N)", "y\x04"), stopped);
});

test("Ctrl-C at a question stops, and counts as an interrupt", async () => {
  assert.equal(await ask("confirm", "(y/N)", "\x03"), interrupted);
  assert.equal(await ask("rule", "What now?", "\x03"), interrupted);
});

test("a word that only begins with y is no yes", async () => {
  const said = await play("confirm", async (terminal) => {
    await terminal.until("(y/N)");
    terminal.type("yum install\r");
    await terminal.until("Enter alone means no");
    terminal.type("\x04");
  });
  assert.equal(said, stopped);
});

test("what was typed before the question answers nothing", async () => {
  const said = await play("late", async (terminal) => {
    await terminal.until("stop");
    terminal.type("y\ry\r");
    await terminal.until("(y/N)");
    await delay(400);
    assert.not.match(terminal.text(), "ANSWER");
    terminal.type("\r");
  });
  assert.equal(said, stopped);
});

test("Ctrl-C before the question takes it back", async () => {
  assert.equal(await ask("late", "stop", "\x03"), interrupted);
});

test("a typed confirmation wants the exact text", async () => {
  assert.equal(await ask("typed", "type prod", "prod\r"), confirmed);
  assert.equal(await ask("typed", "type prod", "\r"), stopped);
});

test("three wrong texts stop", async () => {
  const said = await play("typed", async (terminal) => {
    for (const wrong of ["Prod", "prod ", "y"]) {
      await terminal.until("alone stops):");
      terminal.type(`${wrong}\r`);
      await terminal.until("That is not it.");
    }
  });
  assert.equal(said, stopped);
});

test("the first choice of a ruling is to stop", async () => {
  assert.equal(await ask("rule", "navigate", "\r"), stopped);
  assert.equal(await ask("failed", "navigate", "\r"), stopped);
  assert.equal(await ask("orphans", "navigate", "\r"), stopped);
  assert.equal(await ask("manual", "navigate", "\r"), stopped);
});

test("a line that is pasted into a choice chooses nothing", async () => {
  assert.equal(await ask("rule", "navigate", "run it\r"), stopped);
});

test("a ruling is what was chosen", async () => {
  assert.equal((await ask("rule", "navigate", "\x1b[B\r")).answer, { decision: "look-again" });
  assert.equal((await ask("failed", "navigate", "\x1b[B\r")).answer, {
    decision: "run-again",
    by: "ana",
    via: "prompt",
  });
  assert.equal((await ask("orphans", "navigate", "\x1b[B\r")).answer, "wait");
});

test("skipping wants a reason", async () => {
  const said = await play("failed", async (terminal) => {
    await terminal.until("navigate");
    terminal.type("\x1b[B\x1b[B\x1b[B\r");
    await terminal.until("Why is it skipped?");
    terminal.type("  \r");
    await terminal.until("an answer is needed");
    terminal.type("\x15not needed here\r");
  });
  assert.equal(said.answer, { decision: "skip", by: "ana", why: "not needed here", via: "prompt" });
});

test("a step done by hand wants a reason, evidence, and a result that fits", async () => {
  const said = await play("rule", async (terminal) => {
    await terminal.until("navigate");
    terminal.type("\x1b[B\x1b[B\x1b[B\r");
    await terminal.until("Who says so?");
    terminal.type("\r");
    await terminal.until("Why was it done by hand?");
    terminal.type("the pipe broke\r");
    await terminal.until("What shows that it is done?");
    terminal.type("counted the files\r");
    await terminal.until("files: integer (How many)");
    await terminal.until("Result:");
    terminal.type('{"files": "7"}\r');
    await terminal.until("must be of type integer");
    terminal.type('\x15{"files": 7}\r');
  });
  assert.equal(said.answer, {
    decision: "done-by-hand",
    by: "ana",
    why: "the pipe broke",
    evidence: "counted the files",
    via: "prompt",
    result: { files: 7 },
  });
});

test("a manual step states what was answered, each by its schema", async () => {
  const said = await play("manual", async (terminal) => {
    await terminal.until("Switch the pool to apim-2.");
    await terminal.until("Which pool is on?");
    terminal.type("\x1b[B\x1b[B\r");
    await terminal.until("Is all green?");
    terminal.type("\x1b[B\r");
    await terminal.until("How many nodes?");
    terminal.type("0\r");
    await terminal.until("> it ");
    terminal.type("\x153\r");
    await terminal.until("Ticket (may stay empty)");
    terminal.type("\r");
  });
  assert.equal(said.answer, { by: "ana", values: { pool: "green", green: true, nodes: 3 } });
});

test("of two questions at once, the second waits for the first", async () => {
  const said = await play("both", async (terminal) => {
    await terminal.until("(y/N)");
    terminal.type("y\r");
    await terminal.until("still work");
    await terminal.until("navigate");
    terminal.type("\x1b[B\r");
  });
  assert.equal(said.answer, [{ by: "ana", via: "prompt" }, "wait"]);
});

test.run();
