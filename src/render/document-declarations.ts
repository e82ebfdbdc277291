import type { Runbook } from "../runbook/runbook.ts";
import { columnWidth, hang, pad } from "./layout.ts";
import { printable } from "./printable.ts";
import type { Style } from "./style.ts";
import { inline, writtenOf } from "./written-value.ts";

/** The systems of a runbook, where its secrets come from, its clocks, and the age of what it restores. */
export function declarations(runbook: Runbook, paint: Style, width: number): string[] {
  const block = (title: string, rows: readonly (readonly [string, string])[]) => {
    if (rows.length === 0) return [];
    const names = columnWidth(
      rows.map(([name]) => name),
      30,
    );
    return ["", paint.bold(title), ...rows.flatMap(([name, text]) => hang(`  ${pad(name, names)}  `, text, width))];
  };
  return [
    ...block(
      "Connections",
      [...runbook.connections].map(([name, { kind, config }]) => [name, `${kind}${settings(writtenOf(config))}`]),
    ),
    ...block("Secrets", [...runbook.secrets].map(secret)),
    ...block("Deadlines", [...runbook.deadlines].map(deadline)),
    ...block("Age of what is restored", recoveryPoint(runbook)),
  ];
}

function settings(config: ReturnType<typeof writtenOf>): string {
  if (typeof config !== "object" || config === null || Array.isArray(config)) return "";
  const parts = Object.entries(config).map(([key, value]) => `${key} ${inline(value)}`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

/** Where its value comes from; never the value. */
function secret([name, { source, optional, description }]: [
  string,
  Runbook["secrets"] extends ReadonlyMap<string, infer S> ? S : never,
]): [string, string] {
  const from =
    "env" in source
      ? `from the environment variable ${source.env}`
      : "file" in source
        ? `from the file ${source.file}`
        : "command" in source
          ? `printed by ${inline([...source.command])}`
          : `asked for: ${source.prompt}`;
  return [
    name,
    printable([from, optional ? "optional" : "", description ?? ""].filter((one) => one !== "").join("; ")),
  ];
}

function deadline([name, { start, end, within, warnAt, atLimit, message }]: [
  string,
  Runbook["deadlines"] extends ReadonlyMap<string, infer D> ? D : never,
]): [string, string] {
  const over = {
    ask: "when it is over, a person decides whether to go on",
    stop: "when it is over, the run stops",
    continue: "when it is over, that is said, and the run goes on",
    undo: "when it is over, the run is undone",
  }[atLimit];
  const parts = [
    `${inline(writtenOf(within))} from the beginning of ${start} to the end of ${end ?? "the run"}`,
    ...(warnAt ? [`a warning after ${inline(writtenOf(warnAt))}`] : []),
    atLimit === "continue" ? over : `${over}, before the next step`,
    ...(message ? [inline(writtenOf(message))] : []),
  ];
  return [name, parts.join("; ")];
}

function recoveryPoint({ recoveryPoint: point }: Runbook): [string, string][] {
  if (!point) return [];
  return [
    ["the backup is of", inline(writtenOf(point.at))],
    ...(point.within ? [["at most may be lost", inline(writtenOf(point.within))] as [string, string]] : []),
  ];
}
