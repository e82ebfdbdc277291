import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { localFacts } from "../../src/host/local-host.ts";
import { sshSystems } from "../../src/host/ssh/ssh-systems.ts";
import { failureOf } from "../support/failure-of.ts";
import { eventually, lives, pidIn } from "../support/process-folder.ts";
import { type SshPlace, sshPlace } from "../support/ssh-place.ts";
import { noSshd } from "../support/sshd.ts";

const missing = noSshd();
if (missing !== undefined) console.log(`SKIP ${missing}`);

/** A test with a server of its own, since it is killed. */
function withPlace(name: string, check: (place: SshPlace) => Promise<void>): void {
  (missing === undefined ? test : test.skip)(name, async () => {
    const place = await sshPlace();
    try {
      await check(place);
    } finally {
      await place.remove();
    }
  });
}

withPlace("it says who it is, and where the home folder is", async ({ host, sshd }) => {
  const facts = await host.identify(new AbortController().signal);
  const { host: name, machine, user } = localFacts();
  assert.equal(facts, { host: name, ...(machine && { machine }), user, destination: sshd.alias });
  assert.is(await host.home(), sshd.home);
  assert.is(localFacts().destination, "this machine");
});

withPlace("the connection ends with close, and its socket is gone", async ({ host, options, folder }) => {
  await host.home();
  assert.is(readdirSync(options.controlFolder).length, 1);
  await host.close();
  assert.equal(readdirSync(options.controlFolder), []);
  const long = join(folder, "x".repeat(90));
  mkdirSync(long);
  const other = sshSystems({ ...options, controlFolder: long });
  await other.home();
  assert.equal(readdirSync(long), []);
  await other.close();
});

withPlace(
  "a line that is cut while a program runs leaves a doubt; the next use connects again or says why",
  async (place) => {
    const pidFile = join(place.folder, "pid");
    const processes = await place.processes({});
    const running = failureOf(processes.run({ argv: ["bash", "-c", `echo $$ > ${pidFile}; sleep 20`] }));
    const pid = await eventually(() => pidIn(pidFile));
    place.sshd.kill();
    const failure = await running;
    process.kill(pid, "SIGKILL");
    assert.is(failure.kind, "in-doubt");
    const sentence = `The connection to ${place.sshd.alias} was lost while bash ran; whether it ended is not known`;
    assert.is(failure.message, sentence);
    const next = await failureOf(processes.run({ argv: ["touch", join(place.folder, "second")] }));
    assert.is(next.kind, "retry");
    assert.match(next.message, `${place.sshd.alias} refused the connection`);
    assert.not.ok(existsSync(join(place.folder, "second")));
  },
);

withPlace("a line that is cut in the middle of a write leaves the old file whole", async (place) => {
  const target = join(place.folder, "target");
  writeFileSync(target, "old");
  const files = await place.host.systems.files({ trashFolder: join(place.folder, "k7/trash/step") });
  const content = Readable.from(
    (async function* () {
      for (let i = 0; i < 20; i++) {
        yield Buffer.alloc(1 << 20);
        if (i === 5) place.sshd.kill();
        if (i > 5) await sleep(50);
      }
    })(),
  );
  const failure = await failureOf(files.writeStream(target, content));
  assert.is(failure.kind, "retry");
  assert.match(failure.message, `${target} is unchanged`);
  assert.is(readFileSync(target, "utf8"), "old");
});

withPlace("a refused login and an unknown host key are sentences, and nobody is asked", async (place) => {
  const { options, sshd, folder } = place;
  const identify = (more: object) => {
    const host = sshSystems({ ...options, ...more });
    return failureOf(host.identify(new AbortController().signal)).finally(() => host.close());
  };
  const key = await identify({ options: [`UserKnownHostsFile=${join(folder, "none")}`] });
  assert.is(key.kind, "failed");
  assert.is(key.message, `The host key of ${sshd.alias} is not known; nothing was done there`);
  assert.is(key.details.at(-1), `Try: ssh -F ${sshd.config} ${sshd.alias} true`);
  writeFileSync(join(folder, "sshd", "authorized_keys"), "");
  const login = await identify({});
  assert.is(login.kind, "failed");
  assert.is(login.message, `${sshd.alias} refused the login; nothing was done there`);
  assert.match(login.details.join("\n"), /^ssh: .*Permission denied/m);
  const nowhere = await identify({ port: 1 });
  assert.is(nowhere.kind, "retry");
  assert.match(nowhere.message, "refused the connection");
  const none = await identify({ env: { PATH: "/nowhere" } });
  assert.match(none.message, "ssh is not installed here");
});

withPlace(
  "start-up files that print something are told, since what they print would be in every result",
  async (place) => {
    if (!userInfo().shell?.endsWith("bash")) return;
    writeFileSync(join(place.sshd.home, ".bashrc"), "echo welcome\n");
    const failure = await failureOf(place.host.home());
    assert.is(failure.kind, "failed");
    assert.match(failure.message, "print something");
    assert.is(failure.details[0], "welcome");
  },
);

withPlace("a connection that was lost in between is made again", async ({ host, processes, folder, options }) => {
  const files = await host.systems.files({ trashFolder: join(folder, "k7/trash/step") });
  await files.write(join(folder, "a"), "1");
  const [socket = ""] = readdirSync(options.controlFolder);
  const control = join(options.controlFolder, socket);
  execFileSync("ssh", ["-F", options.config ?? "", "-o", `ControlPath=${control}`, "-O", "exit", options.destination], {
    stdio: "ignore",
  });
  await sleep(200);
  await files.write(join(folder, "a"), "2");
  assert.is(await files.readText(join(folder, "a")), "2");
  assert.is((await (await processes({})).run({ argv: ["echo", "x"] })).stdout, "x\n");
});

withPlace(
  "a program goes on writing its log after belay was killed with -9, and then the connection ends",
  async (place) => {
    const { folder, options } = place;
    const [pidFile, stdout, program] = [join(folder, "pid"), join(folder, "out.log"), join(folder, "program.mjs")];
    const source = new URL("../../src/host/ssh/ssh-systems.ts", import.meta.url).href;
    const script = `echo $$ > ${pidFile}; for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 0.1; done; echo through`;
    const output = { kind: "files", stdout, stderr: join(folder, "err.log") };
    writeFileSync(
      program,
      `import { sshSystems } from ${JSON.stringify(source)};
     const options = { runId: "k7", stepKey: "load", cwd: "/", signal: new AbortController().signal, output: ${JSON.stringify(output)} };
     const processes = await sshSystems(${JSON.stringify(options)}).systems.processes(options);
     await processes.run({ argv: ["bash", "-c", ${JSON.stringify(script)}] });`,
    );
    const belay = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program], { stdio: "ignore" });
    const pid = await eventually(() => pidIn(pidFile), 20_000);
    belay.kill("SIGKILL");
    await eventually(() => belay.signalCode === "SIGKILL");
    assert.not.ok(readFileSync(stdout, "utf8").includes("through"), "the program was through too early for this test");
    await eventually(() => !lives(pid));
    await eventually(() => readdirSync(options.controlFolder).length === 0);
    assert.match(readFileSync(stdout, "utf8"), /line 10\nthrough\n$/);
  },
);

test.run();
