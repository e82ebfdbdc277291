import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type BelayOptions, type Ended, startBelay } from "../support/belay-process.ts";
import { httpServer, type TestServer } from "../support/http-servers.ts";
import { eventually } from "../support/process-folder.ts";
import { found, foundBelow, tracesOf, watchCommandLines } from "../support/secret-hunt.ts";
import { before, makeSecretPlace, type SecretPlace, secrets } from "../support/secret-runbook.ts";

const traces = tracesOf(secrets);
let root: string;
let server: TestServer;

test.before(async () => {
  root = mkdtempSync(join(tmpdir(), "belay-hunt-"));
  server = await httpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const key = String(request.headers["x-key"] ?? request.headers.authorization ?? "none");
      response.setHeader("X-Echo", key);
      if (request.url?.startsWith("/refuse")) {
        response.writeHead(409, { "content-type": "text/plain" });
        response.end(`no: ${body}\n`);
        return;
      }
      response.setHeader("content-type", "application/json");
      const json = request.headers["content-type"] === "application/json" ? (JSON.parse(body) as unknown) : body;
      response.end(JSON.stringify({ url: request.url, headers: request.headers, body, json }));
    });
  });
});
test.after(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** Runs belay, and hunts in what it prints and in the command lines of what it starts. */
async function hunted(args: readonly string[], place: SecretPlace, more: Partial<BelayOptions> = {}): Promise<Ended> {
  const { home, work, env } = place;
  const running = startBelay(args, { home, cwd: work, env: { ...env, ...more.env }, limitMs: 60_000, ...more });
  const stop = watchCommandLines(running.child.pid ?? 0, traces);
  const ended = await running.ended;
  const { leaks } = stop();
  assert.equal(leaks, [], args.join(" "));
  assert.equal(found("stdout", ended.stdout, traces), [], args.join(" "));
  assert.equal(found("stderr", ended.stderr, traces), [], args.join(" "));
  return ended;
}

const calls = (place: SecretPlace, name: string) =>
  existsSync(join(place.folder, `${name}.calls`))
    ? readFileSync(join(place.folder, `${name}.calls`), "utf8")
        .trim()
        .split("\n").length
    : 0;

/** Nothing of a secret in all that belay keeps; the trash holds the files of the steps themselves. */
function nothingKept({ home }: SecretPlace): void {
  const trash = readdirSync(join(home, "runs")).map((run) => join(home, "runs", run, "trash"));
  assert.equal(
    foundBelow(home, traces, (path) => trash.includes(path)),
    [],
  );
}

test("a run with secrets everywhere is planned, killed, resumed, fails and is undone, and nothing of them is left", async () => {
  const place = makeSecretPlace(join(root, "everywhere"), server.url);
  const { file, work, home } = place;
  const kept = (name: string) => readFileSync(join(work, name), "utf8");

  const plan = await hunted(["plan", file, "--verbose"], place);
  assert.is(plan.code, 0, plan.stdout + plan.stderr);
  const json = await hunted(["plan", file, "--output", "json", "--out", join(place.folder, "plan.json")], place);
  assert.is(json.code, 0, json.stdout + json.stderr);
  assert.equal(found("plan.json", readFileSync(join(place.folder, "plan.json"), "utf8"), traces), []);
  assert.equal(kept("app.conf"), before["app.conf"]);

  const callsBefore = calls(place, "pin");
  const running = startBelay(["run", join(place.folder, "plan.json"), "--yes", "--output", "ndjson"], {
    home,
    cwd: work,
    env: place.env,
    limitMs: 90_000,
  });
  const stop = watchCommandLines(running.child.pid ?? 0, traces);
  let printed = "";
  running.child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk;
  });
  try {
    await eventually(() => existsSync(join(work, "stays")) || running.child.exitCode !== null, 60_000);
  } finally {
    running.child.kill("SIGKILL");
  }
  const killed = await running.ended;
  const { leaks, seen } = stop();
  assert.ok(existsSync(join(work, "stays")), killed.stdout.slice(-3000) + killed.stderr);
  assert.equal(leaks, []);
  assert.ok(seen >= 3, `${seen} command lines`);
  assert.equal(found("stdout", printed, traces), []);
  assert.equal(found("stderr", killed.stderr, traces), []);
  assert.is(calls(place, "pin"), callsBefore + 1);
  nothingKept(place);

  // What steps were told to write, they wrote.
  assert.is(kept("app.conf"), `password=${secrets.plain}\n${secrets.awkward}\n`);
  assert.is(kept("key.pem"), `${secrets.pem}\n`);
  assert.is(kept("large"), secrets.big);
  assert.match(kept("app.properties"), `password = ${secrets.pin}\n`);
  assert.is(kept("checked"), secrets.plain);
  assert.is(kept(`moved-${secrets.plain}`), secrets.plain);

  const pins = calls(place, "pin");
  const lates = calls(place, "late");
  writeFileSync(join(work, "may-end"), "");
  const failed = await hunted(["resume", "--yes", "--orphans", "end"], place);
  assert.is(failed.code, 1, failed.stdout + failed.stderr);
  assert.is(calls(place, "pin"), pins, "a secret that nothing needs any more was fetched again");
  assert.is(calls(place, "late"), lates + 1);
  nothingKept(place);

  for (const args of [
    ["status"],
    ["status", "--output", "json"],
    ["runs"],
    ["logs", runOf(place)],
    ["logs", runOf(place), "said"],
    ["report", runOf(place), "--format", "markdown"],
    ["report", runOf(place), "--format", "html"],
    ["report", runOf(place), "--format", "json"],
    ["verify", runOf(place)],
    ["plan", "--run", runOf(place), "--output", "json"],
  ]) {
    const said = await hunted(args, place);
    assert.is(said.code, 0, `${args.join(" ")}: ${said.stdout}${said.stderr}`);
  }

  const undoPlan = await hunted(["undo", runOf(place), "--plan"], place);
  assert.is(undoPlan.code, 0, undoPlan.stdout + undoPlan.stderr);
  const undoJson = await hunted(["undo", runOf(place), "--plan", "--output", "json"], place);
  assert.is(undoJson.code, 0, undoJson.stdout + undoJson.stderr);
  const undone = await hunted(["undo", runOf(place), "--yes", "--why", "test"], place);
  nothingKept(place);
  assert.is(kept("app.conf"), before["app.conf"], undone.stdout + undone.stderr);
  assert.is(kept("app.properties"), before["app.properties"]);
  assert.not.ok(existsSync(join(work, "key.pem")));
  assert.not.ok(existsSync(join(work, "checked")));
});

function runOf({ home }: SecretPlace): string {
  return readdirSync(join(home, "runs"))[0] ?? "";
}

test.run();
