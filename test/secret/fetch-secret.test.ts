import { test } from "uvu";
import * as assert from "uvu/assert";
import { fetchSecret } from "../../src/secret/fetch-secret.ts";
import type { SecretReference, SecretSources } from "../../src/secret/reference.ts";

const value = "hunter22-S3cret";

function sources(more: Partial<SecretSources> = {}): SecretSources {
  return {
    env: {},
    cwd: "/work/",
    readFile: async () => {
      throw new Error("there is no such file");
    },
    run: async () => ({ exitCode: 0, stdout: "", stderr: "" }),
    ...more,
  };
}

async function absent(reference: SecretReference, io: SecretSources): Promise<string> {
  const fetched = await fetchSecret("password", reference, io);
  if ("value" in fetched) throw new Error("it was expected to be absent");
  return fetched.absent;
}

test("the environment gives the value as it is", async () => {
  const io = sources({ env: { DB_PASSWORD: `${value}\n`, EMPTY: "" } });
  assert.equal(await fetchSecret("password", { env: "DB_PASSWORD" }, io), { value: `${value}\n` });
  assert.is(
    await absent({ env: "NOPE" }, io),
    "the secret password can't be had from the environment variable NOPE: it is not set, so nothing was started",
  );
  assert.match(await absent({ env: "EMPTY" }, io), /EMPTY: it is empty, so nothing was started$/);
  assert.match(await absent({ env: "toString" }, io), /it is not set/);
  assert.match(await absent({ env: "NOPE", optional: true }, io), /it is not set$/);
});

test("one line end of a file is cut off, and its path is made absolute", async () => {
  const paths: string[] = [];
  const io = (text: string) =>
    sources({
      readFile: async (path) => {
        paths.push(path);
        return text;
      },
    });
  assert.equal(await fetchSecret("password", { file: "a/pw" }, io(`${value}\n`)), { value });
  assert.equal(await fetchSecret("password", { file: "/etc/pw" }, io(`${value}\r\n`)), { value });
  assert.equal(await fetchSecret("password", { file: "pw" }, io(`${value}\n\n`)), { value: `${value}\n` });
  assert.equal(paths, ["/work/a/pw", "/etc/pw", "/work/pw"]);
  assert.match(await absent({ file: "pw" }, io("\n")), /^the secret password .* the file \/work\/pw: it is empty/);
  assert.match(await absent({ file: "pw" }, sources()), /the file \/work\/pw: there is no such file, so nothing/);
  assert.match(await absent({ file: "pw" }, io("x".repeat(300_000))), /it is longer than 256 KiB/);
});

test("a command gives what it prints", async () => {
  const seen: (readonly string[])[] = [];
  const io = sources({
    run: async (argv) => {
      seen.push(argv);
      return { exitCode: 0, stdout: `${value}\n`, stderr: "a warning" };
    },
  });
  assert.equal(await fetchSecret("password", { command: ["vault", "read", "x"] }, io), { value });
  assert.equal(seen, [["vault", "read", "x"]]);
});

test("no message of a command that fails holds the value, whatever it says and was given", async () => {
  const failing = (stdout: string, stderr: string) => sources({ run: async () => ({ exitCode: 3, stdout, stderr }) });
  const command = ["vault", "--token", value];
  const encoded = Buffer.from(value).toString("base64");
  assert.is(
    await absent({ command }, failing("", `one\ndenied for ${value} (${encoded})\n\n`)),
    `the secret password can't be had from the command vault: it ended with exit code 3 and said "denied for *** (***)", so nothing was started`,
  );
  assert.match(
    await absent({ command: ["vault"] }, failing(`${value}\n`, `got ${value}`)),
    /exit code 3 and said "got \*\*\*",/,
  );
  assert.match(await absent({ command: ["vault"] }, failing("abc", "got abc")), /exit code 3, so nothing/);
  const thrown = sources({
    run: async () => {
      throw new Error(`can't run with ${value}`);
    },
  });
  assert.match(await absent({ command }, thrown), /can't run with \*\*\*, so nothing/);
});

test("a prompt gives what is typed, and nobody's answer is none", async () => {
  const io = (answer: string | undefined) => sources({ ask: async () => answer });
  assert.equal(await fetchSecret("password", { prompt: "Password" }, io(value)), { value });
  assert.match(await absent({ prompt: "Password" }, io(undefined)), /from the operator: nobody answered, so/);
  assert.match(await absent({ prompt: "Password" }, io("")), /from the operator: it is empty, so/);
  assert.match(await absent({ prompt: "Password" }, sources()), /there is no terminal to ask on, so/);
});

test.run();
