import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface Secrets {
  readonly [name: string]: string;
}

/** Written here once more, and in other words than in what is tested. */
function spellingsOf(value: string): [string, string][] {
  const bytes = Buffer.from(value);
  const url = [...bytes].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).padStart(2, "0").toUpperCase()}`;
  });
  const aligned = [0, 1, 2].map((before): [string, string] => {
    const all = Buffer.concat([Buffer.alloc(before, "x"), bytes, Buffer.alloc(3, "x")]).toString("base64");
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return [`base64, ${before} bytes in`, all.slice(before === 0 ? 0 : before + 1, whole)];
  });
  return [
    ["raw", value],
    ["JSON", JSON.stringify(value).slice(1, -1)],
    ["JSON twice", JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
    ["URL", url.join("")],
    ["url", url.join("").replace(/%../g, (code) => code.toLowerCase())],
    ["encodeURIComponent", encodeURIComponent(value)],
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["base64url", bytes.toString("base64url")],
    ...aligned,
  ];
}

interface Trace {
  readonly what: string;
  readonly text: string;
}

/** Every form of every secret and of each of its lines, and pieces of what is long. */
export function tracesOf(secrets: Secrets): Trace[] {
  const traces: Trace[] = [];
  const seen = new Set<string>();
  const add = (what: string, text: string) => {
    if (text.length < 6 || seen.has(text)) return;
    seen.add(text);
    traces.push({ what, text });
  };
  for (const [name, value] of Object.entries(secrets)) {
    for (const [spelling, text] of spellingsOf(value)) {
      add(`${name}, ${spelling}`, text);
      // The rest of one that was cut.
      for (let at = 0; text.length > 100 && at + 40 <= text.length; at += Math.ceil(text.length / 7))
        add(`${name}, ${spelling}, from ${at}`, text.slice(at, at + 40));
    }
    for (const line of value.split("\n"))
      for (const [spelling, text] of spellingsOf(line)) add(`${name}, a line, ${spelling}`, text);
  }
  return traces;
}

export function found(where: string, text: string, traces: readonly Trace[]): string[] {
  return traces
    .filter((trace) => text.includes(trace.text))
    .map(({ what, text: form }) => {
      const at = text.indexOf(form);
      return `${where}: ${what}: …${JSON.stringify(text.slice(Math.max(0, at - 120), at + Math.min(form.length, 60)))}`;
    });
}

/** What a folder holds of them, in contents, names and link targets. */
export function foundBelow(folder: string, traces: readonly Trace[], skip: (path: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skip(path)) return [];
    const name = found(`the name of ${path}`, entry.name, traces);
    if (entry.isDirectory()) return [...name, ...foundBelow(path, traces, skip)];
    if (entry.isSymbolicLink()) return [...name, ...found(path, readlinkSync(path), traces)];
    return entry.isFile() ? [...name, ...found(path, readFileSync(path, "latin1"), bytesOf(traces))] : name;
  });
}

/** As they look in a file that is read byte by byte. */
const bytesOf = (traces: readonly Trace[]) =>
  traces.map(({ what, text }) => ({ what, text: Buffer.from(text).toString("latin1") }));

/** Watches the command lines of everything that a process starts by itself, until it is stopped: what they showed. */
export function watchCommandLines(pid: number, traces: readonly Trace[]): () => { leaks: string[]; seen: number } {
  const lines = new Set<string>();
  const look = () => {
    try {
      for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" "))
        if (child !== "") lines.add(readFileSync(`/proc/${child}/cmdline`, "latin1").replaceAll("\0", " "));
    } catch {
      // It is over by now.
    }
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    return { leaks: [...lines].flatMap((line) => found("a command line", line, bytesOf(traces))), seen: lines.size };
  };
}
