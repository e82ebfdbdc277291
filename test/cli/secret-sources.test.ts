import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { processIo } from "../../src/cli/io.ts";
import { secretSources } from "../../src/cli/secret-sources.ts";
import { fetchSecret } from "../../src/secret/fetch-secret.ts";
import type { SecretReference } from "../../src/secret/reference.ts";
import { eventually, lives, pidIn } from "../support/process-folder.ts";
import { openTerminal, type Terminal } from "../support/terminal.ts";

const cwd = mkdtempSync(join(tmpdir(), "belay-secrets-"));
test.after(() => rmSync(cwd, { recursive: true, force: true }));

const io = { ...processIo(), cwd, interactive: false, env: { X_PASSWORD: "hunter22" } };

async function fetched(reference: SecretReference, more = {}) {
  const warnings: string[] = [];
  const sources = secretSources(io, { warn: (text) => warnings.push(text), ...more });
  const found = await fetchSecret("password", reference, sources);
  return "value" in found
    ? { value: found.value, absent: "", warnings }
    : { value: undefined, absent: found.absent, warnings };
}

function write(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(cwd, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test("a private file gives its value, one that others may read a warning too", async () => {
  write("private", "hunter22\n");
  assert.equal(await fetched({ file: "private" }), { value: "hunter22", absent: "", warnings: [] });
  const open = write("open", "hunter22\n", 0o644);
  const { value, warnings } = await fetched({ file: "open" });
  assert.is(value, "hunter22");
  assert.equal(warnings, [
    `the file ${open} holds a secret, and its mode 0644 lets others at it: chmod 600 would close it`,
  ]);
});

test("what is no small text file is refused in words, and nothing hangs on it", async () => {
  mkdirSync(join(cwd, "folder"));
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  write("large", Buffer.alloc(1024 * 1024 + 1, "x"));
  write("bytes", Buffer.from([0x61, 0x62, 0xff, 0x63, 0x64]));
  const cases: [string, RegExp][] = [
    ["missing", /missing: there is no such file, so nothing was started$/],
    ["folder", /folder: it is a folder,/],
    ["pipe", /pipe: it is not a regular file,/],
    ["/dev/zero", /the file \/dev\/zero: it is not a regular file,/],
    ["large", /large: it is larger than 1 MiB,/],
    ["bytes", /bytes: it is not text in UTF-8,/],
    ["private/x", /x: a part of its path is not a folder,/],
  ];
  for (const [file, expected] of cases) assert.match((await fetched({ file })).absent, expected);
});

test("a command gives what it prints, with no shell and no input", async () => {
  assert.is((await fetched({ command: ["printf", "%s\\n", "$HOME; hunter22"] })).value, "$HOME; hunter22");
  assert.match((await fetched({ command: ["cat"] })).absent, /the command cat: it is empty,/);
  assert.match(
    (await fetched({ command: ["belay-no-such-program", "x"] })).absent,
    /the command belay-no-such-program: .*there is no such program in the PATH, so nothing was started$/,
  );
  const script = "echo hunter22; echo no hunter22 for you >&2; exit 4";
  const { absent } = await fetched({ command: ["sh", "-c", script] });
  assert.match(absent, /the command sh: it ended with exit code 4 and said "no \*\*\* for you"/);
});

test("a command that takes too long is ended, with all it started", async () => {
  const pidFile = join(cwd, "pid");
  const command = ["sh", "-c", `sleep 30 & echo $! > ${pidFile}; wait`];
  const { absent } = await fetched({ command }, { timeoutMs: 700 });
  assert.match(absent, /the command sh: it was ended because it took longer than 0\.7 s,/);
  assert.ok(existsSync(pidFile), readFileSync(pidFile, "utf8"));
  await eventually(() => !lives(pidIn(pidFile) ?? 0));
});

async function onTerminal(scenario: string, act: (terminal: Terminal) => Promise<void>) {
  const terminal = openTerminal(["test/fixtures/secret-prompt-program.ts", scenario]);
  try {
    await act(terminal);
    await terminal.ended();
    const raw = terminal.raw();
    const [, answer = ""] = /ANSWER (.*)/.exec(terminal.text()) ?? [];
    return { raw, answer };
  } finally {
    terminal.close();
  }
}

test("what is typed at the prompt is taken and never shown", async () => {
  const { raw, answer } = await onTerminal("now", async (terminal) => {
    await terminal.until("Password of the database");
    for (const key of "hunter22") {
      terminal.type(key);
      await delay(20);
    }
    terminal.type("\r");
  });
  assert.is(answer, '"22retnuh"');
  assert.not.match(raw, /hunter|h[^\n]*u[^\n]*n[^\n]*t[^\n]*e[^\n]*r22/);
  assert.not.ok(raw.includes("***"), "its length shows");
});

test("what was typed before the prompt is thrown away, and Ctrl-C and Ctrl-D are no answer", async () => {
  const late = await onTerminal("late", async (terminal) => {
    await terminal.until("WAITING");
    terminal.type("early\r");
    await terminal.until("Password of the database");
    terminal.type("hunter22\r");
  });
  assert.is(late.answer, '"22retnuh"');
  for (const key of ["\x03", "\x04"]) {
    const { answer } = await onTerminal("now", async (terminal) => {
      await terminal.until("Password of the database");
      terminal.type(`hunter22${key}`);
    });
    assert.match(answer, /nobody answered, so nothing was started/);
  }
});

test.run();
