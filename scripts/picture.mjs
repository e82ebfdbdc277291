// Draws docs/run.svg: a real run of examples/restore-directory.yaml in a real terminal, as the operator saw it.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { spawn } from "@lydell/node-pty";
import { drawSvg } from "./picture/draw-svg.mjs";
import { makeScreen } from "./picture/screen.mjs";

const root = resolve(import.meta.dirname, "..");
const columns = 100;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "app-")));

/** What is answered, in this order, when the text before it is on the screen. */
const answers = [
  [/Start "?Restore|[Ss]tart.*\?/, "y\r"],
  [/is replaced\./, "y\r"],
];

function prepare() {
  const work = folder;
  mkdirSync(join(work, "source/conf"), { recursive: true });
  for (let i = 0; i < 240; i++)
    writeFileSync(join(work, "source/conf", `part-${i}.xml`), `<part n="${i}"/>\n`.repeat(200));
  execFileSync("tar", ["-czf", "app.tar.gz", "-C", "source", "."], { cwd: work });
  writeFileSync(join(work, "app.sha256"), execFileSync("sha256sum", ["app.tar.gz"], { cwd: work }));
  rmSync(join(work, "source"), { recursive: true });
  mkdirSync(join(work, "app"));
  writeFileSync(join(work, "app/broken"), "broken\n");
  return work;
}

async function record(work) {
  const screen = makeScreen(columns);
  const command = "belay run restore-directory -i archive=app.tar.gz -i checksum=app.sha256 -i directory=app";
  screen.write(`\x1b[32m$\x1b[0m ${command}\r\n`);
  const environment = {
    ...process.env,
    BELAY_HOME: join(folder, "home"),
    BELAY_RUNBOOKS: join(root, "examples"),
    TERM: "xterm-256color",
  };
  for (const name of ["CI", "NO_COLOR", "FORCE_COLOR"]) delete environment[name];
  const terminal = spawn(process.execPath, [join(root, "dist/belay.js"), ...command.split(" ").slice(1)], {
    cols: columns,
    rows: 50,
    cwd: work,
    env: environment,
  });
  const limit = setTimeout(() => terminal.kill("SIGKILL"), 30_000);
  let answered = 0;
  let since = "";
  terminal.onData((data) => {
    screen.write(data);
    since += data.replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, "");
    const next = answers[answered];
    if (!next?.[0].test(since)) return;
    answered += 1;
    since = "";
    // Keys typed before a question is open are thrown away.
    setTimeout(() => terminal.write(next[1]), 600);
  });
  const { exitCode } = await new Promise((done) => terminal.onExit(done));
  clearTimeout(limit);
  if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}:\n${screen.text()}`);
  return screen;
}

try {
  const screen = await record(prepare());
  if (process.argv.includes("--text")) console.log(screen.text());
  writeFileSync(
    join(root, "docs/run.svg"),
    drawSvg(screen.rows(), columns, "belay: a restore, previewed, agreed to and run"),
  );
  console.log("wrote docs/run.svg");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
