import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const tellAll = resolve(import.meta.dirname, "../fixtures/tell-all.mjs");
const random = (name: string, bytes: number) => {
  let text = "";
  for (let at = 0; text.length < bytes; at++) text += createHash("sha256").update(`${name}${at}`).digest("base64");
  return text.slice(0, bytes);
};
const pemLines = random("pem", 192).match(/.{1,64}/g) ?? [];

/** Values of all shapes that people keep secrets in. */
export const secrets = {
  plain: "Hunter22-plain-Vq",
  awkward: `q"u\\o'te $HOME 100%+a/b=c&d <ünï>\t𝄞\nsecond "line" of it`,
  pem: ["-----BEGIN PRIVATE KEY-----", ...pemLines, "-----END PRIVATE KEY-----"].join("\n"),
  pin: "491203",
  big: random("big", 40 * 1024),
  inner: "Inner%secret/of+its=own",
  late: "late-Token_77+x",
} as const;

export interface SecretPlace {
  readonly folder: string;
  readonly home: string;
  readonly work: string;
  readonly file: string;
  readonly env: { readonly [name: string]: string };
}

const of = (name: string) => `\${{ secrets.${name} }}`;
const everything = { TELL_PLAIN: of("plain"), TELL_AWKWARD: of("awkward"), TELL_PEM: of("pem"), TELL_PIN: of("pin") };
const afterwards = { TELL_PLAIN: of("plain"), TELL_AWKWARD: of("awkward"), TELL_LATE: of("late") };
const tell = [process.execPath, tellAll];

/** What stood in the files before, secrets and all. */
export const before = {
  "app.conf": `user=x\npassword=${secrets.plain}\npin=${secrets.pin}\n`,
  "app.properties": `a = 1\npassword = ${secrets.plain}\nkey = ${pemLines[1]}\ntoken = ${Buffer.from(secrets.plain).toString("base64")}\n`,
};

/** A runbook that has a secret in every place that takes one, with the files that it works on. `url`: what echoes. */
export function makeSecretPlace(folder: string, url: string): SecretPlace {
  const work = join(folder, "work");
  const home = join(folder, "home");
  mkdirSync(join(work, "tree"), { recursive: true });
  for (const [name, text] of Object.entries(before)) writeFileSync(join(work, name), text);
  writeFileSync(join(work, "tree/a.txt"), "a\n");
  for (const name of ["pem", "big"] as const) {
    writeFileSync(join(folder, name), `${secrets[name]}\n`);
    chmodSync(join(folder, name), 0o600);
  }
  for (const name of ["pin", "late"] as const) {
    writeFileSync(join(folder, `${name}.value`), secrets[name]);
    const script = `echo call >> ${folder}/${name}.calls\ncat ${folder}/${name}.value\necho warming up >&2\n`;
    writeFileSync(join(folder, `get-${name}`), script);
  }
  writeFileSync(join(folder, "inner.yaml"), JSON.stringify(innerRunbook()));
  const file = join(folder, "everywhere.yaml");
  writeFileSync(file, JSON.stringify(runbook(folder, work, url), null, 1));
  return {
    folder,
    home,
    work,
    file,
    env: { S_PLAIN: secrets.plain, S_AWKWARD: secrets.awkward, S_INNER: secrets.inner },
  };
}

function innerRunbook() {
  return {
    apiVersion: "belay/v1",
    name: "inner",
    title: "Inner",
    secrets: { plain: { env: "S_INNER" } },
    steps: [
      { id: "say", uses: "exec", with: { argv: tell, env: { TELL_INNER: of("plain") } }, repeatable: true },
      { id: "env", uses: "shell", with: { script: "env; exit 0" }, repeatable: true },
    ],
  };
}

function runbook(folder: string, work: string, url: string) {
  const at = (name: string) => join(work, name);
  const change = { repeatable: true };
  return {
    apiVersion: "belay/v1",
    name: "everywhere",
    title: "Secrets everywhere",
    secrets: {
      plain: { env: "S_PLAIN" },
      awkward: { env: "S_AWKWARD" },
      pem: { file: join(folder, "pem") },
      big: { file: join(folder, "big") },
      pin: { command: ["sh", join(folder, "get-pin")] },
      late: { command: ["sh", join(folder, "get-late")] },
      missing: { env: "S_MISSING", optional: true },
    },
    preflight: [
      { id: "look", once: true, uses: "exec", reads: true, with: { argv: tell, env: everything } },
      {
        id: "asked",
        once: true,
        uses: "wait",
        with: {
          uses: "http",
          with: {
            url: `${url}/health/${of("plain")}?key=\${{ secrets.plain }}&x=1`,
            headers: { "X-Key": of("plain") },
          },
          until: "${{ result.status == 200 }}",
          every: "100ms",
        },
      },
    ],
    steps: [
      {
        id: "write",
        uses: "files.write",
        with: { path: at("app.conf"), content: `password=${of("plain")}\n${of("awkward")}\n` },
      },
      { id: "key", uses: "files.write", with: { path: at("key.pem"), content: `${of("pem")}\n`, mode: "0600" } },
      { id: "large", uses: "files.write", with: { path: at("large"), content: of("big") } },
      {
        id: "edit",
        uses: "files.edit",
        with: {
          path: at("app.properties"),
          set: { password: of("pin"), "new.key": of("plain") },
          add: [`# ${of("plain")}`],
        },
      },
      {
        id: "said",
        uses: "shell",
        with: {
          script: `"$NODE" "$TELL"; env; cat ${at("app.conf")}`,
          env: { ...everything, NODE: tell[0], TELL: tellAll },
        },
        ...change,
      },
      { id: "piped", uses: "exec", with: { argv: ["cat"], stdin: `${of("big")}\n${of("pem")}\n` }, ...change },
      {
        id: "cat_conf",
        uses: "exec",
        reads: true,
        with: { argv: ["cat", at("app.conf"), at("app.properties"), at("key.pem")] },
      },
      {
        id: "again",
        title: "Read ${{ steps.cat_conf.result.lines[0] }}",
        uses: "exec",
        with: { argv: ["printf", "%s\\n", "${{ steps.cat_conf.result.stdout }}"] },
        ...change,
      },
      {
        id: "posted",
        uses: "http",
        with: {
          url: `${url}/echo?k=${of("plain")}`,
          method: "POST",
          headers: { Authorization: `Bearer ${of("plain")}`, "X-Pin": of("pin") },
          body: {
            pin: "${{ int(secrets.pin) }}",
            text: of("awkward"),
            key: of("pem"),
            big: of("big"),
            of: { "x-${{ 1 }}": of("plain") },
          },
        },
        ...change,
      },
      { id: "named", uses: "files.write", with: { path: at(`tree/${of("plain")}.txt`), content: of("plain") } },
      {
        id: "copied",
        uses: "files.copy",
        with: { from: at(`tree/${of("plain")}.txt`), to: at(`copy-${of("plain")}`) },
      },
      { id: "moved", uses: "files.move", with: { from: at(`copy-${of("plain")}`), to: at(`moved-${of("plain")}`) } },
      {
        id: "packed",
        uses: "archive.create",
        with: { from: at("tree"), to: at(`${of("plain")}.tar.gz`), exclude: [of("pin")] },
      },
      {
        id: "unpacked",
        uses: "archive.extract",
        with: { from: at(`${of("plain")}.tar.gz`), to: at(`out-${of("plain")}`) },
      },
      { id: "summed", uses: "checksum.create", with: { path: at("tree"), to: at(`${of("plain")}.sha256`) } },
      { id: "verified", uses: "checksum.verify", with: { path: at("tree"), manifest: at(`${of("plain")}.sha256`) } },
      {
        id: "checked",
        uses: "shell",
        with: { script: `printf '%s' "$P" > ${at("checked")}`, env: { P: of("plain") } },
        check: {
          uses: "exec",
          with: { argv: ["sh", "-c", `echo "want $P"; cat ${at("checked")}`], env: { P: of("awkward") } },
          done: "${{ result.exitCode == 0 }}",
        },
        undo: { uses: "shell", with: { script: `echo "$P"; rm -f ${at("checked")}`, env: { P: of("plain") } } },
      },
      {
        id: "each_one",
        forEach: ["a", "b"],
        uses: "exec",
        with: { argv: ["sh", "-c", 'echo "$1 $P"', "sh", "${{ each.value }}"], env: { P: of("awkward") } },
        ...change,
      },
      { id: "inside", uses: "runbook", with: { runbook: "./inner.yaml" } },
      { id: "job", uses: "job.run", with: { argv: tell, env: everything, every: "50ms" } },
      {
        id: "stays",
        uses: "shell",
        with: {
          script: `echo here > ${at("stays")}; "$NODE" "$TELL"; if [ -e ${at("may-end")} ]; then exit 0; fi; sleep 20`,
          env: { ...afterwards, NODE: tell[0], TELL: tellAll },
        },
        ...change,
      },
      {
        id: "refused",
        onFailure: "continue",
        uses: "http",
        with: { url: `${url}/refuse/${of("plain")}`, method: "PUT", body: `${of("big")}${of("awkward")}` },
      },
      {
        id: "breaks",
        uses: "exec",
        with: {
          argv: [...tell, `\${{ '7' }}`],
          env: { ...afterwards, TELL_MISSING: "${{ secrets.missing == null ? 'none' : secrets.missing }}" },
        },
      },
    ],
    finally: [
      { id: "last", uses: "exec", with: { argv: ["sh", "-c", 'echo "$P"'], env: { P: of("plain") } }, ...change },
    ],
  };
}
