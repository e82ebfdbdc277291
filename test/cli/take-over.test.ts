import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { program } from "../support/belay-process.ts";
import { type ProgramPlace, programPlace, runbookText } from "../support/program-place.ts";
import { openTerminal } from "../support/terminal.ts";

const preload = new URL("../support/host-preload.mjs", import.meta.url).pathname;
const elsewhere = { HOST_NAME: "ops-2", HOST_MACHINE: "0123456789abcdef0123456789abcdef" };
const steps = `
- { id: one, uses: exec, with: { argv: [tool-one] } }
- { id: two, uses: exec, repeatable: true, with: { argv: [tool-two] } }
`;

/** A run that stopped at its second step: that one's program fails until it is there. */
function stopped(): ProgramPlace & { on2: ReturnType<ProgramPlace["with"]>; env: Record<string, string> } {
  const here = programPlace({ "r.yaml": runbookText(steps) });
  mkdirSync(here.at("bin"));
  const env = { PATH: `${here.at("bin")}:${process.env["PATH"]}` };
  tool(here, "tool-one", "#!/bin/sh\necho one >> log\n");
  tool(here, "tool-two", "#!/bin/sh\ntest -e go && echo two >> log\n");
  const { code, all } = here.with({ env })("run", "r.yaml", "--yes");
  assert.is(code, 1, all);
  here.write("go", "");
  return { ...here, env, on2: here.with({ env: { ...env, ...elsewhere }, node: ["--import", preload] }) };
}

function tool(here: ProgramPlace, name: string, script: string): void {
  writeFileSync(here.at(`bin/${name}`), script);
  chmodSync(here.at(`bin/${name}`), 0o755);
}

const resumed = (here: ProgramPlace) =>
  here.events().filter(({ type }) => type === "run-resumed") as unknown as {
    differs?: string[];
    environment?: { host: string; programs: Record<string, { size: number }> };
  }[];

test("the machine and what the outcome may depend on are recorded at the start", () => {
  const here = stopped();
  const started = here.events()[0] as unknown as {
    target: { host: string };
    environment: { programs: Record<string, { path: string; size: number; head: string }>; user: string };
  };
  assert.is(started.target.host, hostname());
  assert.is(started.environment.programs["tool-two"]?.path, here.at("bin/tool-two"));
  assert.match(started.environment.programs["tool-two"]?.head ?? "", /^[0-9a-f]{64}$/);
  here.end();
});

test("nothing is said or recorded where nothing is another one", () => {
  const here = stopped();
  const { code, out } = here.with({ env: here.env })("resume", here.run());
  assert.is(code, 0, out);
  assert.not.match(out, "not as in the turn before");
  assert.equal(
    resumed(here).map(({ differs, environment }) => [differs, environment]),
    [[undefined, undefined]],
  );
  here.end();
});

test("on another machine a run is refused with both named, and goes on with --take-over", () => {
  const here = stopped();
  const before = readFileSync(here.inRun("journal.ndjson"), "utf8");
  const refused = here.on2("resume", here.run());
  assert.is(refused.code, 5, refused.all);
  assert.match(refused.err, `works on ${hostname()}`);
  assert.match(refused.err, "ops-2 (machine 01234567)");
  assert.match(refused.err, "two would work on this machine now");
  assert.is(readFileSync(here.inRun("journal.ndjson"), "utf8"), before);
  const { code, out } = here.on2("resume", here.run(), "--take-over");
  assert.is(code, 0, out);
  assert.match(out, `the host is ops-2, it was ${hostname()}`);
  assert.ok(resumed(here)[0]?.differs?.includes(`the host is ops-2, it was ${hostname()}`));
  assert.is(resumed(here)[0]?.environment?.host, "ops-2");
  assert.is(here.read("log"), "one\ntwo\n");
  here.end();
});

test("on a terminal the operator is asked, and Enter means no", async () => {
  const here = stopped();
  const own = { ...process.env };
  Object.assign(process.env, here.env, elsewhere, { BELAY_HOME: here.home });
  delete process.env["CI"];
  try {
    for (const [keys, code] of [
      ["\r", 5],
      ["y\r", 0],
    ] as const) {
      const terminal = openTerminal(["--import", preload, program, "resume", here.run()]);
      await terminal.until("would work on this machine now");
      await terminal.until("Go on here, on ops-2?");
      terminal.type(keys);
      assert.is((await terminal.ended()).exitCode, code, terminal.text());
      terminal.close();
      assert.is(here.has("log") && here.read("log"), code === 0 ? "one\ntwo\n" : "one\n");
    }
  } finally {
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(own, name)) delete process.env[name];
    Object.assign(process.env, own);
  }
  here.end();
});

test("a run that was taken over is at home on the new machine", () => {
  const here = stopped();
  renameSync(here.at("go"), here.at("no-go"));
  assert.is(here.on2("resume", here.run(), "--take-over").code, 1);
  renameSync(here.at("no-go"), here.at("go"));
  const back = here.with({ env: here.env })("resume", here.run());
  assert.is(back.code, 5, "now the first machine is the other one");
  const { code, out } = here.on2("resume", here.run());
  assert.is(code, 0, out);
  assert.not.match(out, "the host is");
  here.end();
});

test("a machine with the same name is told by its id", () => {
  const here = stopped();
  const same = here.with({ env: { ...here.env, HOST_MACHINE: "f".repeat(32) }, node: ["--import", preload] });
  const { code, err } = same("resume", here.run());
  assert.is(code, 5);
  assert.match(err, "machine ffffffff");
  here.end();
});

test("a real other host name is another machine", () => {
  const under = ["unshare", "--uts", "sh", "-c", 'hostname ops-3 && exec "$0" "$@"'];
  const able = spawnSync("unshare", ["--uts", "sh", "-c", "hostname ops-3"], { timeout: 5000 }).status === 0;
  if (!able) {
    console.log("SKIP a real other host name: a host name can't be given to a process here");
    return;
  }
  const here = stopped();
  const { code, err } = here.with({ env: here.env, under })("resume", here.run());
  assert.is(code, 5, err);
  assert.match(err, "this is ops-3");
  here.end();
});

test("a run's folder that was copied to another machine goes on there", () => {
  const here = stopped();
  const id = here.run();
  const home = here.at("home-2");
  mkdirSync(join(home, "runs"), { recursive: true });
  cpSync(join(here.home, "runs", id), join(home, "runs", id), { recursive: true });
  renameSync(here.home, here.at("gone"));
  const there = here.with({ env: { ...here.env, ...elsewhere, BELAY_HOME: home }, node: ["--import", preload] });
  assert.is(there("status", id).code, 0);
  assert.is(there("plan", "--run", id).code, 5, "a resume without --take-over would be refused");
  const { code, all } = there("resume", id, "--take-over");
  assert.is(code, 0, all);
  assert.is(there("verify", id).code, 0);
  assert.is(here.read("log"), "one\ntwo\n");
  here.end();
});

test("what matters of the environment is said in plain sentences; what is over does not count", () => {
  const here = stopped();
  tool(here, "tool-one", "#!/bin/sh\necho another\n");
  tool(here, "tool-two", "#!/bin/sh\n# longer\ntest -e go && echo two >> log\n");
  const { code, out } = here.with({ env: { ...here.env, TZ: "Asia/Tokyo", SUDO_USER: "bo" } })("resume", here.run());
  assert.is(code, 0, out);
  assert.match(out, `tool-two is ${here.at("bin/tool-two")}, of another size here`);
  assert.not.match(out, "tool-one is");
  assert.match(out, /the time zone is Asia\/Tokyo, it was /);
  assert.match(out, /the operator is bo \(as .*\), it was /);
  assert.ok(out.indexOf("tool-two is") < out.indexOf("resumed by"), "before anything goes on");
  here.end();
});

test("a program that is not here is named", () => {
  const here = stopped();
  const { code, out } = here.with({ env: { PATH: "/usr/bin:/bin" } })("resume", here.run());
  assert.is(code, 1);
  assert.match(out, `tool-two is not here; it was ${here.at("bin/tool-two")}`);
  assert.match(out, `PATH is another one`);
  assert.match(out, `gone: ${here.at("bin")}`);
  here.end();
});

test("without the folder that the run started in, steps that need it are named", () => {
  const here = programPlace({ "work/r.yaml": runbookText(steps) });
  mkdirSync(here.at("bin"));
  tool(here, "tool-one", "#!/bin/sh\ntrue\n");
  tool(here, "tool-two", "#!/bin/sh\nfalse\n");
  const env = { PATH: `${here.at("bin")}:${process.env["PATH"]}` };
  assert.is(here.with({ env, cwd: here.at("work") })("run", "r.yaml", "--yes").code, 1);
  renameSync(here.at("work"), here.at("moved"));
  const { code, err } = here.with({ env })("resume", here.run());
  assert.is(code, 5);
  assert.match(err, `started in ${here.at("work")}, and there is no such folder here`);
  assert.match(err, "programs start in it: two");
  here.end();
});

test("a refusal names the command that was typed, and only what that command would do", () => {
  const here = stopped();
  const given = here.on2("abandon", here.run(), "--why", "no");
  assert.is(given.code, 0, given.all);
  assert.not.match(given.out, "tool-two", "nothing of what is given up runs any more");
  here.end();

  const other = programPlace({
    "r.yaml": runbookText(`
- { id: one, uses: exec, with: { argv: ["true"] }, undo: { uses: exec, with: { argv: ["true"] } } }
- { id: lasting, uses: exec, with: { argv: ["true"] } }
- { id: two, uses: exec, repeatable: true, with: { argv: ["false"] } }
`).concat('finally:\n  - { id: last, uses: exec, with: { argv: ["true"] } }\n'),
  });
  const on2 = other.with({ env: elsewhere, node: ["--import", preload] });
  assert.is(other.belay("run", "r.yaml", "--yes").code, 1);
  const abandon = on2("abandon", other.run(), "--why", "no");
  assert.is(abandon.code, 5, abandon.all);
  assert.match(abandon.err, `belay abandon ${other.run()} --take-over --why …`);
  assert.match(abandon.err, /^ {2}last would work on this machine now/m);
  const undo = on2("undo", other.run(), "--yes");
  assert.is(undo.code, 5, undo.all);
  assert.match(undo.err, `belay undo ${other.run()} --take-over`);
  assert.match(undo.err, /^ {2}one, last would work on this machine now/m);
  other.end();
});

test("the plan of a resume says that it would be refused here, and where the run is at home", () => {
  const here = stopped();
  const { code, out } = here.on2("plan", "--run", here.run());
  assert.is(code, 5, out);
  const words = out.replace(/\s+/g, " ");
  assert.match(words, `a resume would be refused: run ${here.run()} works on ${hostname()}`);
  assert.match(words, "this is ops-2 (machine 01234567)");
  assert.not.match(out, "run it:");
  assert.is(here.with({ env: here.env })("plan", "--run", here.run()).code, 0);
  here.end();
});

test("the report names every machine that the run worked on", () => {
  const here = stopped();
  assert.is(here.on2("resume", here.run(), "--take-over").code, 0);
  const { out } = here.belay("report", here.run(), "--format", "markdown");
  assert.match(out, new RegExp(`worked on.*host ${hostname()}.*host ops-2`));
  here.end();
});

test("a run that was given up did not go on after the step that failed", () => {
  const here = stopped();
  const { code, out } = here.with({ env: here.env })("abandon", here.run(), "--why", "no");
  assert.is(code, 0, out);
  assert.not.match(out, "the run went on");
  here.end();
});

test.run();
