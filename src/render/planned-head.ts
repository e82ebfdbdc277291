import type { PlannedStep } from "../plan/plan.ts";
import { count } from "./layout.ts";
import { printable } from "./printable.ts";
import type { Detail } from "./step-row.ts";
import type { Style } from "./style.ts";
import { inline } from "./written-value.ts";

const inputsShown = 6;

/** What the head of a group, of what is repeated, or of an included runbook says of what it holds. */
export function headDetails(
  step: PlannedStep,
  { paint, verbose }: { readonly paint: Style; readonly verbose: boolean },
): Detail[] {
  const details: Detail[] = [];
  const said = [...repeated(step), ...(step.parallel ? [together(step.concurrency)] : [])];
  if (said.length > 0) details.push({ text: said.join(", ") });
  if (!step.included) return details;
  const { name, version, title, inputs } = step.included;
  details.push({ text: `runs ${name} ${version}${title === step.title ? "" : `: ${printable(title)}`}` });
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  const shown = verbose ? given : given.slice(0, inputsShown);
  for (const [key, value] of shown) details.push({ text: printable(`${key} = ${inline(value)}`), paint: paint.dim });
  const more = given.length - shown.length;
  if (more > 0) details.push({ text: `… and ${count(more, "more input")}, with --verbose`, paint: paint.dim });
  return details;
}

function repeated({ kind, instances, concurrency, maxFailures }: PlannedStep): string[] {
  if (kind !== "each") return [];
  const many =
    instances === undefined ? [] : [instances === 0 ? "nothing to do: the list is empty" : `${instances} times`];
  const atOnce = concurrency !== undefined && concurrency > 1 && (instances ?? 2) > 1;
  return [
    ...many,
    ...(atOnce ? [`at most ${concurrency} at the same time`] : []),
    ...(maxFailures === undefined ? [] : [`${maxFailures} may fail`]),
  ];
}

function together(atOnce: number | undefined): string {
  return `at the same time${atOnce === undefined ? "" : `, at most ${atOnce}`}`;
}
