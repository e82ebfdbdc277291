import { displayWidth, hang, pad } from "./layout.ts";
import { printable } from "./printable.ts";
import { type RunFacts, statusWords } from "./run-facts.ts";
import type { StatusOptions } from "./status.ts";
import { style } from "./style.ts";
import { formatTime } from "./time.ts";

/** All runs, newest first. */
export function renderRuns(runs: readonly RunFacts[], options: StatusOptions): string {
  const paint = style(options.color);
  const newest = [...runs].sort((a, b) => ((a.state.started?.at ?? "") < (b.state.started?.at ?? "") ? 1 : -1));
  const rows = newest.map(({ id, state, live }) => {
    const { started } = state;
    const words = statusWords(state.status, live);
    const colored =
      state.status === "done"
        ? paint.green(words)
        : state.status === "abandoned"
          ? paint.dim(words)
          : paint.yellow(words);
    return {
      cells: [
        id,
        colored,
        started
          ? formatTime(started.at, {
              now: options.now ?? Date.now(),
              ...(options.zone === undefined ? {} : { zone: options.zone }),
            })
          : "",
        started ? printable(started.operator.user) : "",
      ],
      title: started ? `${started.drill ? "DRILL: " : ""}${printable(started.runbook.title)}` : "it never began",
    };
  });
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map(({ cells }) => displayWidth(cells[at] ?? ""))));
  return rows
    .flatMap(({ cells, title }) =>
      hang(`${cells.map((cell, at) => pad(cell, widths[at] ?? 0)).join("  ")}  `, title, Math.max(options.width, 60)),
    )
    .join("\n");
}
