import { posix } from "node:path";
import { toCel } from "./border.ts";
import { boundedMatch } from "./bounded-match.ts";
import type { Value } from "./types.ts";

/** A function that belay adds to CEL, or puts in the place of CEL's own. */
export interface ExpressionFunction {
  /** As CEL writes it: `name(type): type`, or `type.name(type): type` for what is called on a value. */
  readonly signature: string;
  readonly description: string;
  readonly example: string;
  /** The name in CEL that calls this one instead. */
  readonly replaces?: string;
  readonly run: (...values: never[]) => unknown;
}

const timestampType = "google.protobuf.Timestamp";

/** A zone has to be written: the same text must be the same moment on every machine. */
function readTimestamp(text: string): Date {
  const zoned = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})$/;
  const date = new Date(zoned.test(text) ? text : Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Error(`"${text.slice(0, 40)}" is not a time such as 2026-11-20T22:00:04Z`);
}

function readJson(text: string): unknown {
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch {
    throw new Error("the text is not JSON");
  }
  return toCel(value);
}

/** The functions beside CEL's own. There is no `now()`: an expression has one value, whenever it is evaluated. */
export function makeFunctions(toPlain: (value: unknown) => Value): readonly ExpressionFunction[] {
  return [
    {
      signature: "toJson(dyn): string",
      description: "The value as JSON text.",
      example: "toJson(inputs.hosts)",
      run: (value: unknown) => JSON.stringify(toPlain(value)),
    },
    {
      signature: "fromJson(string): dyn",
      description: "The value of a JSON text.",
      example: "fromJson(steps.read.result.stdout).version",
      run: readJson,
    },
    {
      signature: "basename(string): string",
      description: "The last part of a path.",
      example: "basename(inputs.dump)",
      run: (path: string) => posix.basename(path),
    },
    {
      signature: "dirname(string): string",
      description: "A path without its last part.",
      example: "dirname(inputs.dump)",
      run: (path: string) => posix.dirname(path),
    },
    {
      signature: "string.replace(string, string): string",
      description: "The text with every occurrence of the first text replaced by the second.",
      example: "inputs.name.replace('-', '_')",
      run: (text: string, from: string, to: string) => text.replaceAll(from, () => to),
    },
    {
      signature: "string.matchesBounded(string): bool",
      replaces: "matches",
      description:
        "Whether a regular expression matches somewhere in the text. Patterns that could take forever are refused.",
      example: "inputs.version.matches('^[0-9]+$')",
      run: boundedMatch,
    },
    {
      signature: `zonedTimestamp(string): ${timestampType}`,
      replaces: "timestamp",
      description: "The moment that a text names; the zone must be written.",
      example: "timestamp('2026-11-20T22:00:04Z')",
      run: readTimestamp,
    },
    {
      signature: `zonedTimestamp(int): ${timestampType}`,
      replaces: "timestamp",
      description: "The moment that many seconds after 1970.",
      example: "timestamp(1795212004)",
      run: (seconds: bigint) => {
        const date = new Date(Number(seconds) * 1000);
        if (!Number.isNaN(date.getTime())) return date;
        throw new Error(`${seconds} seconds is out of range`);
      },
    },
    {
      signature: `zonedTimestamp(${timestampType}): ${timestampType}`,
      replaces: "timestamp",
      description: "The same moment.",
      example: "timestamp(timestamp('2026-11-20T22:00:04Z'))",
      run: (moment: Date) => moment,
    },
  ];
}
