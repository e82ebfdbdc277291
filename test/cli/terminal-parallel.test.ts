import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openTerminal, type Terminal } from "../support/terminal.ts";

async function play(scenario: string, act: (terminal: Terminal) => Promise<void>, columns = 80): Promise<unknown> {
  const terminal = openTerminal(["test/fixtures/parallel-program.ts", scenario], { columns, rows: 40 });
  try {
    await act(terminal);
    await terminal.ended();
    const line = /ANSWER (\{.*\})/s.exec(terminal.text().replaceAll("\n", ""));
    return (JSON.parse(line?.[1] ?? "null") as { answer: unknown }).answer;
  } finally {
    terminal.close();
  }
}

const down = "\x1b[B";

for (const columns of [80, 200]) {
  test(`while a question is open nothing else writes, at ${columns} columns`, async () => {
    const answer = await play(
      "ask",
      async (terminal) => {
        await terminal.until("☛ sites[eu]/start  Start the site\n  in Restart every site [eu]\n");
        await terminal.until("meanwhile at work: sites[us]/stop, sites[ap]/stop");
        await terminal.until("db: PostgreSQL 16.4 on db-1 · as ana");
        await terminal.until("5 h 12 min old; at most 1 h may be lost");
        await terminal.until("THE BACKUP IS TOO OLD");
        await terminal.until("This can't be undone.");
        await terminal.until("(y/N)");
        await delay(200);
        const shown = terminal.raw();
        await delay(1300);
        assert.is(terminal.raw(), shown, "others wrote into the question");
        terminal.type("y\r");
        await terminal.until("✔ sites[us]/stop");
        await terminal.until("✖ sites[ap]/stop");
        await terminal.until("port 22");
        await terminal.until('Step sites[ap]/stop, "Stop the site", failed.\n  in Restart every site [ap]\n');
        await terminal.until("❯ stop here, change nothing");
        await terminal.until("undo the step");
        await terminal.until("undo the whole run");
        await terminal.until("navigate");
        terminal.type(`${down}${down}\r`);
      },
      columns,
    );
    assert.equal(answer, [
      { by: "ana", via: "prompt" },
      { decision: "undo-step", by: "ana", via: "prompt" },
    ]);
  });
}

test("undoing the whole run is asked for once more", async () => {
  const answer = await play("ask", async (terminal) => {
    await terminal.until("(y/N)");
    terminal.type("y\r");
    await terminal.until("navigate");
    terminal.type(`${down.repeat(5)}\r`);
    await terminal.until("Undo every change of this run");
    terminal.type("\r");
    await terminal.until("navigate");
    terminal.type(`${down.repeat(5)}\r`);
    await terminal.until("Undo every change of this run");
    terminal.type("y\r");
  });
  assert.equal((answer as unknown[])[1], { decision: "undo-run", by: "ana", via: "prompt" });
});

for (const columns of [80, 200]) {
  test(`as many live lines as there is room for, and the number of the others, at ${columns} columns`, async () => {
    await play(
      "many",
      async (terminal) => {
        await terminal.until("▸ greet");
        await terminal.until("20 instances");
        await terminal.until("0 of 20");
        await terminal.until("  greet[n0]");
        await terminal.until("hello from n0");
        await terminal.until("  greet[n5]");
        await terminal.until("… and 14 more running");
        await terminal.until("✔ greet[n11]");
        await terminal.until("12 of 20");
        await terminal.until("… and 2 more running");
        await terminal.until("☛ drop  waits for the approval of 2 people: belay approve k7 drop");
        await terminal.until("☛ waits for a person");
      },
      columns,
    );
  });
}

test("a resumed run counts what earlier turns did", async () => {
  await play("resumed", (terminal) => terminal.until("5 of 8"));
});

test("ten thousand quick instances are a line each, and are not held up", async () => {
  let text = "";
  const answer = await play("quick", async (terminal) => {
    await terminal.until("ANSWER");
    text = terminal.text();
  });
  assert.is(text.match(/ {2}✔ greet\[n\d+\] .*1 ms\n/g)?.length, 10_000);
  assert.ok((answer as { ms: number }).ms < 6000, `they took ${(answer as { ms: number }).ms} ms`);
});

test("a deadline that is over: Enter stops; going on and undoing may have a reason", async () => {
  assert.is(
    await play("deadline", async (terminal) => {
      await terminal.until("DEADLINE outage IS OVER by");
      await terminal.until("nothing of it was begun");
      await terminal.until("navigate");
      terminal.type("\r");
    }),
    null,
  );
  const answer = await play("deadline", async (terminal) => {
    await terminal.until("navigate");
    terminal.type(`${down}\r`);
    await terminal.until("Why?");
    terminal.type("nearly there\r");
  });
  assert.equal(answer, { decision: "continue", by: "ana", why: "nearly there", via: "prompt" });
});

test("an undo that can't be done: Enter stops; leaving it and having done it want words", async () => {
  assert.is(
    await play("undo", async (terminal) => {
      await terminal.until('Undoing step load, "Load the dump", was not begun');
      await terminal.until("in Two at once");
      await terminal.until("12 files differ");
      await terminal.until("navigate");
      terminal.type("\r");
    }),
    null,
  );
  const answer = await play("undo", async (terminal) => {
    await terminal.until("navigate");
    terminal.type(`${down.repeat(3)}\r`);
    await terminal.until("Why was it undone by hand?");
    terminal.type("faster\r");
    await terminal.until("What shows that it is undone?");
    terminal.type("looked\r");
  });
  assert.equal(answer, { decision: "done-by-hand", by: "ana", why: "faster", evidence: "looked", via: "prompt" });
});

test.run();
