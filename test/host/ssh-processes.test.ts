import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Command, Processes } from "../../src/action/processes.ts";
import type { ProcessOptions } from "../../src/action/systems.ts";
import { sshConnection } from "../../src/host/ssh/connection.ts";
import { sshProcesses } from "../../src/host/ssh/ssh-processes.ts";
import { makeMasker } from "../../src/secret/masker.ts";
import { failureOf } from "../support/failure-of.ts";
import { eventually, lives, pidIn } from "../support/process-folder.ts";
import { type SshPlace, sshPlace } from "../support/ssh-place.ts";
import { noSshd } from "../support/sshd.ts";

const missing = noSshd();
if (missing !== undefined) console.log(`SKIP ${missing}`);
const place = missing === undefined ? await sshPlace() : undefined;

interface Given {
  readonly folder: string;
  readonly stdout: string;
  readonly stderr: string;
  make(more?: Partial<ProcessOptions>): Promise<Processes>;
}

let count = 0;

const masker = makeMasker({ password: "never-to-be-seen" });

/** The same test for every way to keep the output. */
function both(name: string, check: (given: Given) => Promise<void>): void {
  for (const way of ["files", "memory", "masked"] as const) {
    const kind = way === "memory" ? way : "files";
    (place ? test : test.skip)(`${name} (${way})`, async () => {
      const folder = join((place as SshPlace).folder, `p${++count}`);
      mkdirSync(folder);
      const [stdout, stderr] = [join(folder, "out.log"), join(folder, "err.log")];
      const output = kind === "files" ? ({ kind, stdout, stderr } as const) : ({ kind } as const);
      const mask = way === "masked" ? { mask: () => masker.stream() } : {};
      const make = (more: Partial<ProcessOptions> = {}) => (place as SshPlace).processes({ output, ...mask, ...more });
      await check({ folder, stdout, stderr, make });
    });
  }
}

const sh = (processes: Processes, script: string, more: Partial<Command> = {}) =>
  processes.run({ argv: ["bash", "-c", script], ...more });

both("exit codes are exact, and stdout and stderr are what the program wrote", async ({ make }) => {
  const processes = await make();
  for (const exitCode of [0, 1, 3, 127, 254, 255]) {
    const result = await sh(processes, `echo out; printf 'no line end' >&2; exit ${exitCode}`);
    assert.equal(result, { exitCode, stdout: "out\n", stderr: "no line end", truncated: false });
  }
});

(place ? test : test.skip)("what is masked is in no log and no result", async () => {
  const folder = join((place as SshPlace).folder, `p${++count}`);
  mkdirSync(folder);
  const [stdout, stderr] = [join(folder, "out.log"), join(folder, "err.log")];
  const processes = await (place as SshPlace).processes({
    output: { kind: "files", stdout, stderr },
    mask: () => masker.stream(),
  });
  const result = await sh(processes, 'echo "it is $P"; printf never-to >&2; sleep 0.2; echo -be-seen >&2', {
    env: { P: "never-to-be-seen" },
  });
  assert.is(result.stdout, "it is ***\n");
  assert.is(result.stderr, "***\n");
  assert.is(readFileSync(stdout, "utf8") + readFileSync(stderr, "utf8"), "it is ***\n***\n");
});

both("a signal gives 128 and its number", async ({ make }) => {
  const processes = await make();
  assert.equal(await sh(processes, "kill -9 $$"), {
    exitCode: 137,
    signal: "SIGKILL",
    stdout: "",
    stderr: "",
    truncated: false,
  });
  assert.is((await sh(processes, "kill -TERM $$")).signal, "SIGTERM");
});

both("run, step, variables, folder and arguments come as they are", async ({ make, folder }) => {
  const odd = 'a\'b\n"c" $(touch x) `y` \\n \\ é ☃\n';
  const below = join(folder, "be low\n'");
  mkdirSync(below);
  const processes = await make();
  const script = 'printf "%s|" "$BELAY_RUN" "$BELAY_STEP" "$X" "$PWD" "$@"';
  const result = await processes.run({
    argv: ["bash", "-c", script, "-", odd, "", "-n"],
    env: { X: odd, BELAY_RUN: "not mine" },
    cwd: below,
  });
  assert.is(result.stdout, ["k7", "load#2", odd, below, odd, "", "-n", ""].join("|"));
  const trapped = await sh(processes, "trap; read -r x; echo $?");
  assert.is(trapped.stdout, "1\n", "the shell's traps are not the program's, and stdin is empty");
});

both("a variable and the input do not show in a process list", async ({ make, folder }) => {
  const secret = "s3cr'et\n\"value";
  const running = sh(await make(), `touch ${folder}/up; cat >/dev/null; sleep 0.5`, {
    env: { X: secret },
    stdin: "in-s3cr",
  });
  await eventually(() => existsSync(join(folder, "up")));
  const list = execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" });
  await running;
  assert.match(list, "IFS= read -r");
  assert.not.match(list, "s3cr");
});

both("5 MB of input arrive whole, or are not read at all", async ({ make }) => {
  const processes = await make();
  const stdin = "0123456789abcde\n".repeat(327_680);
  const sum = execFileSync("sha256sum", { input: stdin, encoding: "utf8" });
  assert.is((await processes.run({ argv: ["sha256sum"], stdin })).stdout, sum);
  assert.is((await processes.run({ argv: ["true"], stdin })).exitCode, 0);
});

both("5 MB of output: the result keeps the first MiB", async ({ make, stderr }) => {
  const result = await sh(await make(), "yes é0123456789 | head -c 5000000; yes e | head -c 2000000 >&2");
  assert.is(result.exitCode, 0);
  assert.ok(result.truncated);
  assert.ok(result.stdout.length > 900_000);
  assert.is(result.stderr.length, 1 << 20);
  if (existsSync(stderr)) assert.is(statSync(stderr).size, 2_000_000);
});

both("what can't be started is wrong input, in words", async ({ make, folder }) => {
  const script = join(folder, "script");
  writeFileSync(script, "#!/nowhere/interpreter\n", { mode: 0o755 });
  const plain = join(folder, "plain");
  writeFileSync(plain, "x", { mode: 0o644 });
  const cases: [string[], string | undefined, RegExp][] = [
    [["belay-no-such"], undefined, /^belay-no-such can't be started on .*: there is no such program in the PATH$/],
    [["/nothing"], undefined, /there is no such file$/],
    [[script], undefined, /its first line names does not exist$/],
    [[plain], undefined, /not an executable file/],
    [["true"], join(folder, "missing"), /^true can't be started in .*missing on .*: the folder does not exist$/],
    [["true"], plain, /plain on .*: that is not a folder$/],
    [["echo", "a\0b"], undefined, /NUL character$/],
    [["echo", "x".repeat(300_000)], undefined, /too long for the system$/],
    [[""], undefined, /is empty$/],
  ];
  const processes = await make();
  for (const [argv, cwd, expected] of cases) {
    const failure = await failureOf(processes.run({ argv, ...(cwd !== undefined && { cwd }) }));
    assert.is(failure.kind, "wrong-input");
    assert.match(failure.message, expected);
  }
  const odd = await failureOf(processes.run({ argv: ["true"], env: { "a.b": "1" } }));
  assert.match(odd.message, 'a variable named "a.b"');
});

both("an abort ends the program there, and the group of it", async ({ make, folder }) => {
  const end = new AbortController();
  const script = `sleep 300 & echo $! > ${folder}/child; echo $$ > ${folder}/pid; wait`;
  const running = sh(await make({ signal: end.signal }), script);
  const pid = await eventually(() => pidIn(join(folder, "pid")));
  const child = pidIn(join(folder, "child")) ?? 0;
  end.abort();
  const result = await running;
  assert.equal([result.exitCode, result.signal], [143, "SIGTERM"]);
  assert.not.ok(lives(pid));
  assert.not.ok(lives(child));
});

(place ? test : test.skip)("a program that ignores SIGTERM gets SIGKILL after the grace", async () => {
  const { folder, options } = place as SshPlace;
  const connection = sshConnection(options);
  const end = new AbortController();
  const processes = sshProcesses(connection, { signal: end.signal, graceMs: 300, output: { kind: "memory" } });
  const pidFile = join(folder, "stubborn");
  const running = sh(processes, `trap '' TERM; echo $$ > ${pidFile}; while :; do sleep 0.05; done`);
  const pid = await eventually(() => pidIn(pidFile));
  end.abort();
  assert.is((await running).signal, "SIGKILL");
  assert.not.ok(lives(pid));
  await connection.close();
});

both("nothing is started after an abort", async ({ make, folder }) => {
  const end = new AbortController();
  end.abort();
  const failure = await failureOf(sh(await make({ signal: end.signal }), `touch ${folder}/started`));
  assert.match(failure.message, "was not started");
  assert.not.ok(existsSync(join(folder, "started")));
});

both("does not wait for a grandchild that holds the output", async ({ make, folder }) => {
  const begun = performance.now();
  const result = await sh(await make(), `sleep 30 & echo $! > ${folder}/pid; echo said`);
  assert.ok(performance.now() - begun < 8000, "it took as long as the grandchild");
  assert.equal([result.stdout, result.stderr, result.exitCode], ["said\n", "", 0]);
  process.kill(pidIn(join(folder, "pid")) ?? 0, "SIGKILL");
});

both("tells the last lines while it runs, and not what belay says to itself", async ({ make }) => {
  const told: string[][] = [];
  const processes = await make({ onOutput: (lines) => told.push(lines) });
  await sh(processes, "echo one; sleep 0.4; echo two >&2; sleep 0.3");
  assert.equal(told[0], ["one"]);
  assert.is(told.at(-1)?.at(-1), "two");
  assert.not.match(JSON.stringify(told), "belay-");
});

(place ? test : test.skip)("logs are appended to, and only this command's part is the result", async () => {
  const { folder } = place as SshPlace;
  const [stdout, stderr] = [join(folder, "o"), join(folder, "e")];
  const processes = await (place as SshPlace).processes({ output: { kind: "files", stdout, stderr } });
  await sh(processes, "echo one; echo e1 >&2");
  const second = await sh(processes, "echo two");
  assert.equal([second.stdout, second.stderr], ["two\n", ""]);
  assert.equal([readFileSync(stdout, "utf8"), readFileSync(stderr, "utf8")], ["one\ntwo\n", "e1\n"]);
  assert.is(statSync(stdout).mode & 0o777, 0o600);
});

(place ? test : test.skip)("a script does not read ~/.bashrc", async () => {
  const rc = join((place as SshPlace).sshd.home, ".bashrc");
  writeFileSync(rc, '[ -z "$BELAY_RUN" ] || echo noise\n');
  assert.is((await sh(await (place as SshPlace).processes({}), "echo x")).stdout, "x\n");
  rmSync(rc);
});

(place ? test : test.skip)("several programs at once share the connection", async () => {
  const processes = await (place as SshPlace).processes({});
  const results = await Promise.all([1, 2, 3, 4].map((n) => sh(processes, `sleep 0.2; echo ${n}`)));
  assert.equal(
    results.map(({ stdout }) => stdout),
    ["1\n", "2\n", "3\n", "4\n"],
  );
  await sleep(10);
});

test.after(() => place?.remove());
test.run();
