// The demonstration behind `make demo`: two WSO2 servers are backed up, damaged and restored, and belay is killed in the
// middle of the restore. Everything happens in a temporary folder and on loopback; it takes less than a minute.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeHomes } from "../examples/wso2-demo/make-homes.mjs";

const root = resolve(import.meta.dirname, "..");
const built = resolve(process.env.BELAY ?? join(root, "dist/belay.js"));
if (!existsSync(built)) {
  console.error(`There is no ${built}: run \`make build\` first.`);
  process.exit(2);
}
const runbook = (name) => join(root, "runbooks/wso2-open-banking", `${name}.yaml`);
const begun = Date.now();
const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-demo-")));
const env = { ...process.env, BELAY_HOME: join(folder, "belay"), NO_COLOR: process.stdout.isTTY ? "" : "1" };
if (env.NO_COLOR === "") delete env.NO_COLOR;
let keep = false;

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

/** Runs belay to its end and shows what it prints; `wanted` is the exit code it must end with. */
function belay(args, { wanted = 0, show = true } = {}) {
  const ended = spawnSync(process.execPath, [built, ...args], { env, cwd: folder, encoding: "utf8", timeout: 60_000 });
  if (show || ended.status !== wanted) say(`${ended.stdout}${ended.stderr}`.trimEnd());
  if (ended.status !== wanted) throw new Error(`belay ${args[0]} ended with ${ended.status}, not ${wanted}`);
  return ended.stdout;
}

function pidOf(home) {
  const file = join(home, "wso2carbon.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}

/** Only a process that serves this home is ours to end. */
function endServer(home) {
  const pid = pidOf(home);
  if (pid === undefined || !existsSync(`/proc/${pid}/cmdline`)) return;
  if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`-Dcarbon.home=${home}\0`)) process.kill(pid, "SIGTERM");
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
const newestRun = () =>
  readdirSync(join(env.BELAY_HOME, "runs")).filter((name) =>
    existsSync(join(env.BELAY_HOME, "runs", name, "journal.ndjson")),
  );

async function main() {
  title("Two WSO2 homes, and a server in each");
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
    "run",
    runbook("backup-repository"),
    ...inputs(),
    "--yes",
    "--answer",
    "dumps.where=/backup/db",
    "--answer",
    "dumps.same_moment=true",
  ]);

  title("Damage: the web applications are gone, a keystore is broken, an API is changed");
  const repository = join(am.path, "repository");
  rmSync(join(repository, "deployment/server/webapps"), { recursive: true });
  writeFileSync(join(km.path, "repository/resources/security/wso2carbon.jks"), "not a keystore");
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

  title("What a restore would do (nothing is changed)");
  belay(["plan", runbook("restore-repository"), ...inputs({ safety })]);

  title("Restore, and kill -9 belay in the middle of it");
  const answers = [
    ["--confirm", `stop_apim=${hostname()}`],
    ["--answer", "moment.state=unchanged since that moment"],
    ["--answer", "drain.done=true"],
    ["--answer", "look_closer.found=all three work"],
    ["--answer", "back.done=true"],
    ["--answer", "sign_off.by_whom=the demonstration"],
  ].flat();
  const before = new Set(newestRun());
  const restore = spawn(
    process.execPath,
    [built, "run", runbook("restore-repository"), ...inputs({ safety }), "--yes", ...answers],
    { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  restore.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  restore.stderr.on("data", (chunk) => {
    printed += chunk;
  });
  const ended = new Promise((done) => restore.once("exit", (code, signal) => done(signal ?? code)));
  let over = false;
  ended.then(() => {
    over = true;
  });
  let run;
  for (const end = Date.now() + 45_000; !over && Date.now() < end; await sleep(5)) {
    run ??= newestRun().find((name) => !before.has(name));
    if (run && records(run).some((event) => event.type === "step-started" && event.step === "swap_km")) break;
  }
  restore.kill("SIGKILL");
  const how = await ended;
  say(printed.trimEnd());
  if (how !== "SIGKILL") throw new Error(`the restore ended by itself, with ${how}, before it could be killed`);
  say("\nbelay was killed just after it began to swap the first home");

  title("Resume");
  belay(["resume", run, "--yes", ...answers]);

  title("Proof");
  const events = records(run);
  const begins = new Map();
  for (const event of events) {
    if (event.type !== "step-started" || event.effect !== "change") continue;
    begins.set(event.step, (begins.get(event.step) ?? 0) + 1);
  }
  const twice = [...begins].filter(([, count]) => count > 1).map(([step, count]) => `${step} ${count} times`);
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
  // The step that was running when belay was killed may rightly begin again, once it is known not to be done.
  check(
    twice.every((one) => one === "swap_km 2 times"),
    `${begins.size} changes were begun once each${twice.length > 0 ? `, but: ${twice.join(", ")} (it was in doubt, and looked at first)` : ""}`,
  );
  belay(["verify", run]);
  if (checks.includes(false)) throw new Error("something is not as it should be");

  keep = true;
  title("Look around");
  say(`export BELAY_HOME=${env.BELAY_HOME}
node ${built} status ${run}
node ${built} logs ${run} start_km
ls ${folder}
rm -r ${folder}        when you have seen enough; the servers are stopped`);
  return [km.path, am.path];
}

let failure;
try {
  await main();
} catch (error) {
  failure = error;
}
for (const home of ["wso2-obkm-1.5.0", "wso2-obam-1.5.0"]) endServer(join(folder, home));
if (failure) {
  console.error(`\nThe demonstration failed: ${failure.message}\nIts files are in ${folder}`);
  process.exitCode = 1;
} else if (!keep) rmSync(folder, { recursive: true, force: true });
