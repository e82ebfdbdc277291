import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const program = resolve(import.meta.dirname, "../../dist/belay.js");

/** A folder with a runbook, and belay called in it as a user would, without a terminal. */
function place(steps: string) {
  const folder = mkdtempSync(join(tmpdir(), "belay-refusals-"));
  const env = { ...process.env, BELAY_HOME: join(folder, "home"), NO_COLOR: "1" };
  writeFileSync(
    join(folder, "r.yaml"),
    `apiVersion: belay/v1\nname: r\ntitle: R\nsteps:\n${steps.replace(/^/gm, "  ")}\n`,
  );
  const belay = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: 30_000,
    });
    return { code: status, out: stdout, err: stderr, all: stdout + stderr };
  };
  return {
    folder,
    env,
    belay,
    at: (name: string) => join(folder, name),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const write = '- { id: write, uses: files.write, with: { path: out, content: "hello\\n" } }';

test("a saved plan replaces nothing but a plan", () => {
  const here = place(write);
  assert.is(here.belay("plan", "r.yaml", "--out", "r.yaml").code, 2);
  assert.match(readFileSync(here.at("r.yaml"), "utf8"), "apiVersion");
  assert.is(here.belay("plan", "r.yaml", "--out", "p.json").code, 0);
  assert.is(here.belay("plan", "r.yaml", "--out", "p.json").code, 0);
  here.end();
});

test("a plan that was changed after it was written is refused, and nothing runs", () => {
  const here = place(write);
  here.belay("plan", "r.yaml", "--out", "p.json");
  writeFileSync(here.at("p.json"), readFileSync(here.at("p.json"), "utf8").replaceAll("hello", "other"));
  const { code, err } = here.belay("run", "p.json", "--yes");
  assert.is(code, 5);
  assert.match(err, "its digest does not fit");
  assert.not(existsSync(here.at("out")));
  here.end();
});

test("a run whose journal is taken away begins nothing more", async () => {
  const here = place(`- { id: slow, uses: shell, with: { script: "touch began; sleep 1.5" } }\n${write}`);
  const child = spawn(process.execPath, [program, "run", "r.yaml", "--yes"], {
    cwd: here.folder,
    env: here.env,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((done) => child.on("exit", done));
  for (let i = 0; i < 200 && !existsSync(here.at("began")); i++) await new Promise((done) => setTimeout(done, 25));
  rmSync(join(here.folder, "home", "runs"), { recursive: true, force: true });
  assert.is(await ended, 1);
  assert.not(existsSync(here.at("out")));
  here.end();
});

test("a run at work is not resumed, and not called interrupted", async () => {
  const here = place('- { id: slow, uses: shell, with: { script: "touch began; sleep 1.5" } }');
  const child = spawn(process.execPath, [program, "run", "r.yaml", "--yes"], {
    cwd: here.folder,
    env: here.env,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((done) => child.on("exit", done));
  for (let i = 0; i < 200 && !existsSync(here.at("began")); i++) await new Promise((done) => setTimeout(done, 25));
  const { code, all } = here.belay("resume", "--yes");
  assert.is(code, 5);
  assert.match(all, "the run is held by process");
  assert.not.match(all, "interrupted");
  assert.is(await ended, 0);
  here.end();
});

test("what is no file is not read", () => {
  const here = place(write);
  spawnSync("mkfifo", [here.at("pipe.yaml")]);
  assert.match(here.belay("validate", "pipe.yaml").err, "not a file");
  assert.match(here.belay("validate", "/dev/zero").err, "not a file");
  assert.is(here.belay("plan", "r.yaml", "--inputs", "pipe.yaml").code, 2);
  here.end();
});

test("answers that nobody will ask for are refused before anything begins", () => {
  const here = place(
    `${write}\n- { id: person, uses: manual, with: { instructions: Look., ask: { ok: { type: boolean } } } }`,
  );
  for (const [words, says] of [
    [["--answer", "persn.ok=true"], "did you mean person?"],
    [["--answer", "person.okk=true"], "it asks for person.ok"],
    [["--answer", "person.ok=maybe"], "does not fit"],
    [["--answer", "write.ok=true"], "asks nothing"],
    [["--confirm", "write=x"], "wants nothing typed"],
    [["--decide", "person=done", "--why", "a", "--evidence", "b"], "is done by a person"],
    [["--decide", "wrte=run-again"], "did you mean write?"],
  ] as const) {
    const { code, err } = here.belay("run", "r.yaml", "--yes", ...words);
    assert.is(code, 2, words.join(" "));
    assert.match(err, says);
  }
  assert.not(existsSync(here.at("out")));
  assert.equal(existsSync(join(here.folder, "home", "runs")) ? readdirSync(join(here.folder, "home", "runs")) : [], []);
  const ran = here.belay("run", "r.yaml", "--yes", "--answer", "person.ok=true");
  assert.is(ran.code, 0, ran.all);
  here.end();
});

test("a step that waits for a person is not in doubt", () => {
  const here = place("- { id: person, uses: manual, with: { instructions: Look. } }");
  const { code, all } = here.belay("run", "r.yaml", "--yes");
  assert.is(code, 3);
  assert.not.match(all, /in doubt/i);
  assert.not.match(here.belay("status").out, /in doubt/i);
  here.end();
});

test("a service that a finished step started is left alone by a resume", () => {
  const here = place(
    '- { id: serve, uses: shell, with: { script: "nohup sleep 60 >/dev/null 2>&1 & echo $! > pid" }, repeatable: true }\n- { id: person, uses: manual, with: { instructions: Look. } }',
  );
  assert.is(here.belay("run", "r.yaml", "--yes").code, 3);
  const pid = Number(readFileSync(here.at("pid"), "utf8"));
  try {
    const { code, all } = here.belay("resume", "--orphans", "end", "--answer", "person.done=true");
    assert.is(code, 0, all);
    assert.ok(existsSync(`/proc/${pid}`), "the service was ended");
  } finally {
    process.kill(pid, "SIGKILL");
  }
  here.end();
});

test.run();
