import { makeMasker } from "./masker.ts";
import type { SecretReference, SecretSources } from "./reference.ts";

/** A value, or a sentence about why there is none. The sentence never holds a value. */
export type FetchedSecret = { readonly value: string } | { readonly absent: string };

/** What is looked for in every output takes memory: about 100 bytes for each of these. */
const longest = 256 * 1024;
const messageLength = 200;

export async function fetchSecret(name: string, reference: SecretReference, io: SecretSources): Promise<FetchedSecret> {
  const { from, ...found } = await read(reference, io);
  const wrong = "wrong" in found ? found.wrong : valueTrouble(found.value);
  if (wrong === undefined && "value" in found) return { value: found.value };
  // An optional secret stops nothing.
  const end = reference.optional === true ? "" : ", so nothing was started";
  return { absent: `the secret ${name} can't be had from ${from}: ${wrong}${end}` };
}

/** `from` is the source in words; `wrong` a sentence about it. */
type Read = { readonly from: string } & ({ readonly value: string } | { readonly wrong: string });

function read(reference: SecretReference, io: SecretSources): Read | Promise<Read> {
  if ("env" in reference) return readEnv(reference.env, io);
  if ("file" in reference) return readFile(reference.file, io);
  if ("command" in reference) return runCommand(reference.command, io);
  return ask(reference.prompt, io);
}

function readEnv(variable: string, { env }: SecretSources): Read {
  const from = `the environment variable ${variable}`;
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
  return value === undefined ? { from, wrong: "it is not set" } : { from, value };
}

async function readFile(file: string, io: SecretSources): Promise<Read> {
  const path = file.startsWith("/") ? file : `${io.cwd.replace(/\/+$/, "")}/${file}`;
  const from = `the file ${path}`;
  try {
    return { from, value: withoutLineEnd(await io.readFile(path)) };
  } catch (error) {
    return { from, wrong: messageOf(error) };
  }
}

/** Only the program is named: an argument can be a secret too. */
async function runCommand(argv: readonly string[], io: SecretSources): Promise<Read> {
  const from = `the command ${argv[0] ?? ""}`;
  try {
    const { exitCode, stdout, stderr } = await io.run(argv);
    if (exitCode === 0) return { from, value: withoutLineEnd(stdout) };
    const said = saidByCommand(argv, stdout, stderr);
    return { from, wrong: `it ended with exit code ${exitCode}${said === "" ? "" : ` and said "${said}"`}` };
  } catch (error) {
    return { from, wrong: hideArguments(argv, messageOf(error)) };
  }
}

async function ask(text: string, io: SecretSources): Promise<Read> {
  const from = "the operator";
  if (!io.ask) return { from, wrong: "there is no terminal to ask on" };
  const value = await io.ask(text);
  return value === undefined ? { from, wrong: "nobody answered" } : { from, value };
}

function valueTrouble(value: string): string | undefined {
  if (value === "") return "it is empty";
  return value.length > longest ? `it is longer than ${longest / 1024} KiB` : undefined;
}

/** The last line of stderr, without what the command printed as the value before it failed. */
function saidByCommand(argv: readonly string[], stdout: string, stderr: string): string {
  const value = stdout.slice(0, longest).trim();
  const masked = hideArguments(argv, makeMasker({ value }).text(stderr.slice(-longest)));
  // Too short to be masked, and still not to be shown.
  if (value !== "" && masked.includes(value)) return "";
  const lines = masked.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return (lines.at(-1) ?? "").trim().slice(0, messageLength);
}

function hideArguments([, ...rest]: readonly string[], text: string): string {
  return makeMasker(Object.fromEntries(rest.map((argument, index) => [`${index}`, argument]))).text(text);
}

/** Editors and most programs end a file with a line end that is not meant. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "it can't be read";
}
