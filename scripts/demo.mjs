// The demonstration behind `make demo`: two WSO2 servers are backed up, damaged and restored, belay is killed in the
// middle of the restore, and the restore is undone. Everything happens in a temporary folder and on loopback; it takes
// less than a minute.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeHomes } from "../examples/wso2-demo/make-homes.mjs";
import { changedIn, stateOf } from "./home-state.mjs";

const root = resolve(import.meta.dirname, "..");
const built = resolve(process.env.BELAY ?? join(root, "dist/belay.js"));
if (!existsSync(built)) {
  console.error(`There is no ${built}: run \`make build\` first.`);
  process.exit(2);
}
const runbook = (name) => join(root, "runbooks/wso2-open-banking", `${name}.yaml`);
const begun = Date.now();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-demo-")));
process.env.CARBON_STUB_PAUSE ??= "500"; // the stand-ins take a second otherwise, at each of fourteen starts and stops
const env = { ...process.env, BELAY_HOME: join(folder, "belay"), NO_COLOR: process.stdout.isTTY ? "" : "1" };
if (env.NO_COLOR === "") delete env.NO_COLOR;

const seconds = () => `${((Date.now() - begun) / 1000).toFixed(0).padStart(3)} s`;
const title = (text) => console.log(`\n${seconds()}  ── ${text}`);
const say = (text) => console.log(text.replace(/^/gm, "        "));

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const wrapped = (words) =>
  words
    .join(" ")
    .replace(/(.{1,88})(?: |$)/g, "$1\n")
    .trimEnd();

/** What a run prints, with the steps that just went well drawn together, and without what says that something goes on. */
function brief(text) {
  const lines = [];
  let well = [];
  const draw = () => {
    if (well.length > 0) lines.push(wrapped(["✔", ...well]));
    well = [];
  };
  for (const line of text.trimEnd().split("\n")) {
    const plain = line.replace(escapes, "");
    const step = /^[\d:]{8} ✔ (\w+) {2}done (?:after|already)/.exec(plain)?.[1];
    if (step) well.push(step);
    else if (
      !/ ▸ | ⊘ | waiting: |: \d+ % |not in the manifest|agreed beforehand|started by|resumed by|which is gone|the run is done|^ {2}(?:backup|takenAt|started) /.test(
        plain,
      )
    ) {
      draw();
      lines.push(line);
    }
  }
  draw();
  return lines.join("\n");
}

/** What a plan prints: every step, without the details below it and the inputs above. */
function steps(text) {
  const lines = text.trimEnd().split("\n");
  const wanted = /^ *\d+ \S |^preflight|^steps|────|^plan |would fail/;
  return lines.filter((line, at) => at === 0 || wanted.test(line.replace(escapes, ""))).join("\n");
}

/** What an undo prints: every step of its plan without the details below it, and what came of them drawn together. */
function backwards(text) {
  const lines = text.trimEnd().split("\n");
  const plain = lines.map((line) => line.replace(escapes, ""));
  const undone = plain.flatMap(
    (line) => /^[\d:]{8}Z (?:↶|☛) (\w+) {2}undone (?:after|already|by hand)/.exec(line)?.[1] ?? [],
  );
  const kept = (pattern) => lines.filter((_, at) => pattern.test(plain[at]));
  return [
    ...kept(/^changes |^ {1,3}\d+ \S |^found done/),
    "",
    wrapped(["↶", ...undone]),
    ...kept(/^↶ run |undo failed|IN DOUBT/),
  ].join("\n");
}

/** Runs belay to its end and shows what it prints. */
function belay(args, show = brief) {
  const ended = spawnSync(process.execPath, [built, ...args], { env, cwd: folder, encoding: "utf8", timeout: 60_000 });
  const text = `${ended.stdout}${ended.stderr}`;
  say(ended.status === 0 ? show(text) : text.trimEnd());
  if (ended.status !== 0) throw new Error(`belay ${args[0]} ended with exit code ${ended.status}`);
}

function pidOf(home) {
  const file = join(home, "wso2carbon.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}

/** Kills a process in the moment in which the journal says that one of these steps was begun. False: it ended before. */
async function killWhenBegun(child, run, wanted) {
  const journal = openSync(join(env.BELAY_HOME, "runs", run, "journal.ndjson"), "r");
  const chunk = Buffer.alloc(64 * 1024);
  let text = "";
  try {
    for (const end = Date.now() + 45_000; child.exitCode === null && Date.now() < end; ) {
      const length = readSync(journal, chunk);
      text += chunk.toString("utf8", 0, length);
      if (wanted.some((step) => text.includes(`"type":"step-started","step":"${step}"`))) return child.kill("SIGKILL");
      if (length === 0) await new Promise(setImmediate); // no pause: the step takes a millisecond
    }
  } finally {
    closeSync(journal);
  }
  child.kill("SIGKILL");
  return false;
}

/** Only a process that serves this home is ours to end. It takes a second to go. */
async function endServer(home) {
  const pid = pidOf(home);
  if (pid === undefined || !existsSync(`/proc/${pid}/cmdline`)) return;
  if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`-Dcarbon.home=${home}\0`)) return;
  process.kill(pid, "SIGTERM");
  for (let tries = 0; tries < 30 && existsSync(`/proc/${pid}`); tries++) await sleep(100);
}

async function untilUp(url) {
  for (let tries = 0; tries < 40; tries++, await sleep(250)) {
    const status = await fetch(url).then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return;
  }
  throw new Error(`${url} did not answer within 10 s`);
}

const starts = (home) => readFileSync(join(home, "starts.log"), "utf8").trim().split("\n").length;
const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
/** The files of a manifest that differ from it, below a folder. */
function differing(manifest, below) {
  const lines = readFileSync(manifest, "utf8").trim().split("\n");
  const wrong = lines.filter((line) => {
    const file = join(below, line.slice(66));
    return !existsSync(file) || sha256(file) !== line.slice(0, 64);
  });
  return { files: lines.length, wrong: wrong.length };
}

const records = (run) =>
  readFileSync(join(env.BELAY_HOME, "runs", run, "journal.ndjson"), "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line).event];
      } catch {
        return []; // empty, or the torn last line of a belay that was killed
      }
    });
/** The steps that a journal says were begun, and not how they ended. */
const unfinished = (events) => {
  const ended = new Set(events.filter(({ type }) => type === "step-finished").map(({ key }) => key));
  return events.filter(({ type, key }) => type === "step-started" && !ended.has(key)).map(({ step }) => step);
};
const newestRun = () =>
  readdirSync(join(env.BELAY_HOME, "runs")).filter((name) =>
    existsSync(join(env.BELAY_HOME, "runs", name, "journal.ndjson")),
  );

async function main() {
  title("Two WSO2 homes, made up, and a server in each");
  const [kmPort, amPort] = [await freePort(), await freePort()];
  const { km, am } = makeHomes(folder, { kmPort, amPort });
  const page = (port) => `http://127.0.0.1:${port}/carbon/admin/login.jsp`;
  for (const { path, port, files } of [km, am]) {
    spawnSync(join(path, "bin/wso2server.sh"), ["start"]);
    await untilUp(page(port));
    say(`${path}   ${files} files, port ${port}, process ${pidOf(path)}`);
  }
  const backup = join(folder, "backup");
  const safety = join(folder, "safety");
  mkdirSync(safety);
  const common = {
    km_home: km.path,
    apim_home: am.path,
    backup,
    run_user: userInfo().username,
    km_health_url: page(kmPort),
    apim_health_url: page(amPort),
    poll: "300ms",
  };
  const inputs = (more = {}) =>
    Object.entries({ ...common, ...more }).flatMap(([key, value]) => ["-i", `${key}=${value}`]);

  title("Back up, with the servers stopped meanwhile");
  belay([
    ...["run", runbook("backup-repository"), ...inputs(), "--yes", "--answer", "quiet.done=true"],
    ...["--answer", "dumps.where=/backup/db", "--answer", "dumps.same_moment=true", "--answer", "back.done=true"],
  ]);

  title("Damage: the web applications are gone, a trust store is broken, an API is changed");
  const repository = join(am.path, "repository");
  rmSync(join(repository, "deployment/server/webapps"), { recursive: true });
  writeFileSync(join(km.path, "repository/resources/security/client-truststore.jks"), "not a keystore");
  appendFileSync(
    join(repository, "deployment/server/synapse-configs/default/api/accounts-01.xml"),
    "<!-- who did this? -->\n",
  );
  for (const [name, home] of [
    ["obkm", km.path],
    ["obam", am.path],
  ]) {
    const { files, wrong } = differing(join(backup, `${name}.repository.sha256`), join(home, "repository"));
    say(`${name}: ${wrong} of ${files} files are not as they were`);
  }

  const damaged = [km.path, am.path].map(stateOf);

  title("What a restore would do (nothing is changed)");
  say("every step, without its details (belay plan shows them: paths, undo, why something can't be foreseen)\n");
  const restoring = [runbook("restore-repository"), ...inputs({ safety, reach_databases: false })];
  belay(["plan", ...restoring], steps);

  title("Restore, and kill -9 belay while it swaps the folders");
  const answers = [
    ["--confirm", `drain=${hostname()}`],
    ["--answer", "drain.done=true"],
    ["--answer", "databases.state=unchanged since that moment"],
    ["--answer", "look_closer.found=all three work"],
    ["--answer", "back.done=true"],
    ["--answer", "sign_off.by_whom=the demonstration"],
  ].flat();
  const before = new Set(newestRun());
  const restore = spawn(process.execPath, [built, "run", ...restoring, "--yes", ...answers], {
    env,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [restore.stdout, restore.stderr]) {
    stream.on("data", (data) => {
      printed += data;
    });
  }
  const ended = new Promise((done) => restore.once("close", (code, signal) => done(signal ?? code)));
  let run;
  for (const end = Date.now() + 10_000; run === undefined && Date.now() < end; await sleep(5)) {
    run = newestRun().find((name) => !before.has(name));
  }
  if (run === undefined) throw new Error(`the restore did not begin:\n${printed}`);
  await killWhenBegun(restore, run, ["swap_km", "swap_apim"]);
  const how = await ended;
  say(brief(printed));
  if (how !== "SIGKILL") throw new Error(`the restore ended by itself, with ${how}, before it could be killed`);
  const torn = unfinished(records(run));
  say(
    torn.length > 0
      ? `\nbelay was killed. Its journal says that ${torn.join(" and ")} was begun, and not how it ended. The folders say:`
      : "\nbelay was killed, but came just through with the step: the journal has its end, and nothing is in doubt.",
  );
  for (const home of [km.path, am.path]) {
    const found = readdirSync(home).filter((name) => name.startsWith("repository"));
    say(`  ${basename(home)}: ${found.join(", ")}`);
  }

  title("Resume");
  belay(["resume", run, "--yes", ...answers]);
  const doubts = records(run).filter((event) => event.type === "decided");
  for (const { step, decision, via, seen } of doubts) {
    const why = {
      repeatable: "the swap sees by itself which folders are there, and does what is left",
      check: "belay looked",
    };
    say(`\nbelay's decision about ${step}: ${decision}; ${why[via] ?? via}${seen ? `: ${seen}` : ""}`);
  }

  title("Proof");
  const events = records(run);
  const changes = events
    .filter((event) => event.type === "step-started" && event.effect === "change")
    .map(({ step }) => step);
  const doubted = new Set(events.filter((event) => event.type === "step-in-doubt").map(({ step }) => step));
  const done = events
    .filter((event) => event.type === "step-finished" && event.state === "done")
    .map(({ key }) => key.replace(/#\d+$/, ""));
  const again = changes.filter((step, at) => changes.indexOf(step) !== at);
  const checks = [];
  const check = (ok, text) => {
    checks.push(ok);
    say(`${ok ? "✔" : "✖"} ${text}`);
  };
  for (const [name, home] of [
    ["obkm", km.path],
    ["obam", am.path],
  ]) {
    const pid = pidOf(home);
    check(pid !== undefined && existsSync(`/proc/${pid}`), `${name}: the server runs, process ${pid}`);
    check(
      existsSync(join(home, `repository.old.${run}`)),
      `${name}: the old repository is kept as repository.old.${run}`,
    );
    const { files, wrong } = differing(join(backup, `${name}.repository.sha256`), join(home, "repository"));
    check(wrong === 0, `${name}: ${files - wrong} of ${files} files are those of the backup`);
    check(
      starts(home) === 3,
      `${name}: its own log says it was started ${starts(home)} times (by hand, after the backup, after the restore)`,
    );
  }
  check(new Set(done).size === done.length, `${new Set(changes).size} changes were made, and none of them twice`);
  check(
    again.every((step) => doubted.has(step)),
    again.length > 0
      ? `begun twice: ${again.join(", ")}; it was in doubt, and saw for itself what was left to do`
      : "nothing was begun twice",
  );
  belay(["verify", run]);

  if (checks.includes(false)) throw new Error("something is not as it should be");

  title("It was the wrong backup: undo the restore");
  const byHand = ["back", "databases", "drain"].flatMap((step) => ["--answer", `${step}.done=true`]);
  belay(["undo", run, "--yes", ...byHand], backwards);
  for (const [at, [name, home]] of [
    ["obkm", km.path],
    ["obam", am.path],
  ].entries()) {
    const now = stateOf(home);
    const wrong = changedIn(damaged[at], now);
    check(
      wrong.length === 0,
      wrong.length === 0
        ? `${name}: all ${now.size} files are byte for byte what they were before the restore, modes and times too`
        : `${name}: ${wrong.length} files are not what they were before the restore, such as ${wrong[0]}`,
    );
    const pid = pidOf(home);
    check(pid !== undefined && existsSync(`/proc/${pid}`), `${name}: the server runs on them, process ${pid}`);
  }
  if (checks.includes(false)) throw new Error("something is not as it should be");

  title("What happened");
  say(`Two servers were backed up, damaged and restored. belay was killed while it swapped folders, and went on from its
journal, without doing anything twice. Then all of it was taken back. The servers are stopped now.

To try next:
export BELAY_HOME=${env.BELAY_HOME}
node ${built} status ${run}          how the run went
node ${built} logs ${run} start_km   what a step printed
node ${built} show ${runbook("restore-repository")}
                               the procedure, to read
ls ${env.BELAY_HOME}/runs/${run}/trash
                               what the undo set aside
rm -r ${folder}                when you have seen enough`);
  return [km.path, am.path];
}

let failure;
try {
  await main();
} catch (error) {
  failure = error;
}
for (const home of ["wso2-obkm-1.5.0", "wso2-obam-1.5.0"]) await endServer(join(folder, home));
if (failure) {
  console.error(`\nThe demonstration failed: ${failure.message}\nIts files are in ${folder}`);
  process.exitCode = 1;
}
