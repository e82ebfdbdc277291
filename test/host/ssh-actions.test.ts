import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ChangeAction } from "../../src/action/define-action.ts";
import { catalog } from "../../src/actions/catalog.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { type SshPlace, sshPlace } from "../support/ssh-place.ts";
import { noSshd } from "../support/sshd.ts";

const missing = noSshd();
if (missing !== undefined) console.log(`SKIP ${missing}`);
const place = missing === undefined ? await sshPlace() : undefined;
const withHost = place ? test : test.skip;

let count = 0;

/** A step of an action on the other machine. */
async function step(name: string, make: (path: (...parts: string[]) => string) => JsonObject) {
  const { folder, host, processes } = place as SshPlace;
  const id = `step${++count}`;
  const base = await actionContext({ folder: join(folder, id), stepId: id });
  const context = {
    ...base,
    files: await host.systems.files({ trashFolder: join(folder, "k7", "trash", id) }),
    processes: await processes({ stepKey: id, signal: base.signal }),
  };
  const action = (await catalog.load(name)) as ChangeAction;
  const input = make(base.path);
  return { context, action, input, path: base.path, work: base.work };
}

/** Names, modes, contents and whole seconds of everything below a folder. */
function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path);
      const content = stat.isSymbolicLink() ? readlinkSync(path) : stat.isFile() ? readFileSync(path, "utf8") : "/";
      const time = stat.isDirectory() ? "" : Math.floor(stat.mtimeMs / 1000);
      return `${name} ${(stat.mode & 0o7777).toString(8)} ${time} ${content}`;
    });
}

/** Done, looked at, done again where that is allowed, and undone twice: the world is as it was. */
function there(
  name: string,
  prepare: (work: string) => void,
  make: (path: (...p: string[]) => string) => JsonObject,
): void {
  withHost(`${name} and its undo`, async () => {
    const { context, action, input, work } = await step(name, make);
    prepare(work);
    const before = tree(work);
    assert.is((await action.inspect?.(input, context))?.state, "not-done");
    const captured = (await action.capture?.(input, context)) ?? null;
    const result = await action.run(input, context);
    const after = tree(work);
    assert.not.equal(after, before);
    const looking = { ...context, captured };
    assert.is((await action.inspect?.(input, looking))?.state, "done");
    if (action.repeatable) {
      await action.run(input, looking);
      assert.equal(tree(work), after);
    }
    for (const _ of [1, 2]) {
      await action.undo?.(captured, { ...looking, input, result });
      assert.equal(tree(work), before);
    }
  });
}

const app = (work: string, name = "app") => {
  mkdirSync(join(work, name, "sub"), { recursive: true });
  writeFileSync(join(work, name, "sub", "it's a\nfile"), "content");
  chmodSync(join(work, name, "sub", "it's a\nfile"), 0o640);
  utimesSync(join(work, name, "sub", "it's a\nfile"), 1_000_000, 1_111_111);
  symlinkSync("sub", join(work, name, "link"));
};
const conf = (work: string) => {
  writeFileSync(join(work, "a.conf"), "port=1\nname=x\n", { mode: 0o640 });
  utimesSync(join(work, "a.conf"), 1_000_000, 1_111_111);
};

there("files.write", conf, (path) => ({ path: path("a.conf"), content: "new\n", mode: "0600" }));
there("files.edit", conf, (path) => ({ path: path("a.conf"), set: { port: 2 }, remove: ["name"] }));
there("files.copy", app, (path) => ({ from: path("app"), to: path("copy of app") }));
there("files.move", app, (path) => ({ from: path("app"), to: path("app.old") }));
there("files.remove", app, (path) => ({ path: path("app") }));
there(
  "files.replace-directory",
  (work) => {
    app(work);
    mkdirSync(join(work, "staged"));
    writeFileSync(join(work, "staged", "new"), "new");
  },
  (path) => ({ path: path("app"), with: path("staged") }),
);
there("archive.create", app, (path) => ({ from: path("app"), to: path("app.tar.gz") }));
there("archive.create", app, (path) => ({ from: path("app"), to: path("app.zip") }));
there(
  "archive.extract",
  (work) => {
    app(work);
    execFileSync("tar", ["-C", work, "-czf", join(work, "app.tar.gz"), "app"]);
  },
  (path) => ({ from: path("app.tar.gz"), to: path("out") }),
);

withHost("a zip that was made there is extracted there", async () => {
  const made = await step("archive.create", (path) => ({ from: path("app"), to: path("app.zip") }));
  app(made.work);
  await made.action.run(made.input, made.context);
  const taken = await step("archive.extract", (path) => ({ from: made.path("app.zip"), to: path("out") }));
  const captured = (await taken.action.capture?.(taken.input, taken.context)) ?? null;
  const result = await taken.action.run(taken.input, taken.context);
  assert.equal(tree(taken.path("out")).length, 4);
  assert.is((await taken.action.inspect?.(taken.input, { ...taken.context, captured }))?.state, "done");
  await taken.action.undo?.(captured, { ...taken.context, captured, input: taken.input, result });
  assert.not.ok(existsSync(taken.path("out")));
});

withHost("exec and shell run there, and their failures say what they printed", async () => {
  const shell = await step("shell", () => ({ script: 'echo "$X $BELAY_STEP $HOME"', env: { X: "a b" } }));
  const result = (await shell.action.run(shell.input, shell.context)) as JsonObject;
  assert.equal(result["lines"], [`a b step${count} ${place?.sshd.home}`]);
  const exec = await step("exec", (path) => ({ argv: ["bash", "-c", "pwd; echo bad >&2; exit 255"], cwd: path() }));
  const failure = await failureOf(exec.action.run(exec.input, exec.context));
  assert.is(failure.message, "bash ended with exit code 255");
  assert.is((failure.result as JsonObject)["stdout"], `${exec.work}\n`);
});

withHost("what was removed is in the home folder there", () => {
  assert.ok(existsSync(join(place?.sshd.home ?? "", ".belay-trash", "k7")));
});

test.after(() => place?.remove());
test.run();
