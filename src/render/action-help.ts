import type { Action } from "../action/define-action.ts";
import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import { columnWidth, displayWidth, hang, pad, wrap } from "./layout.ts";
import { printableLines } from "./printable.ts";
import { type Style, style } from "./style.ts";
import { inline } from "./written-value.ts";

export interface HelpOptions {
  readonly color: boolean;
  readonly width: number;
}

const proseWidth = 110;

export interface ActionRow {
  readonly name: string;
  readonly summary: string;
  readonly effect: Action["effect"];
}

const effects: { readonly [E in Action["effect"]]: string } = {
  read: "looks",
  change: "changes",
  manual: "a person",
  poll: "waits",
  assert: "judges",
};

/** All actions, a line each. */
export function renderActionList(rows: readonly ActionRow[], options: HelpOptions): string {
  const paint = style(options.color);
  const names = columnWidth(
    rows.map((row) => row.name),
    40,
  );
  const kinds = columnWidth(
    rows.map((row) => effects[row.effect]),
    12,
  );
  return rows
    .flatMap(({ name, summary, effect }) =>
      hang(`${pad(paint.bold(name), names)}  ${pad(effects[effect], kinds)}  `, summary, Math.max(60, options.width)),
    )
    .join("\n");
}

/** Everything that an action says of itself. */
export function renderActionHelp(action: Action, options: HelpOptions): string {
  const paint = style(options.color);
  const width = Math.min(proseWidth, Math.max(40, options.width));
  const { description } = action;
  const lines = [
    ...hang(`${paint.bold(action.name)}  `, action.summary, width),
    ...wrap(effectWords(action), width),
    ...(description
      ? [
          "",
          ...description
            .trim()
            .split(/\n\s*\n/)
            .flatMap((part, index) => [...(index > 0 ? [""] : []), ...paragraph(part, width)]),
        ]
      : []),
    "",
    paint.bold("with"),
    ...fieldLines(action.input, "  ", paint, width),
    "",
    paint.bold("result"),
    ...fieldLines(action.result, "  ", paint, width),
    "",
    paint.bold("example"),
    `  uses: ${action.name}`,
    "  with:",
    ...printableLines(action.example.trimEnd()).map((line) => `    ${line}`.trimEnd()),
  ];
  return lines.join("\n");
}

function paragraph(text: string, width: number): string[] {
  if (/^\s*([-*`]|\d+\. | {4})/.test(text)) return printableLines(text).flatMap((line) => hang("", line, width));
  return wrap(printableLines(text).join(" "), width);
}

function effectWords(action: Action): string {
  if (action.effect === "read") return "It only looks: it may run in plan, in preflight and as a check.";
  if (action.effect === "manual") return "A person acts, and states what came of it.";
  if (action.effect === "poll") return "It only looks, again and again, until a condition holds.";
  if (action.effect === "assert") return "It changes nothing: it judges what is known.";
  const parts = [
    action.reads
      ? "It only looks where its input says so (a GET, say), and changes things otherwise."
      : "It changes things.",
    action.inspect ? "plan shows what." : "plan can't foresee what.",
    action.repeatable ? "Running it again does no harm." : "It is not run again by itself when its outcome is unknown.",
    action.undoes ? `Undo ${action.undoes}.` : "It can't be undone.",
    ...(action.probe ? ["With `reads: true`, the author vouches that it only looks."] : []),
  ];
  return parts.join(" ");
}

/** The fields of an object schema: name, type, whether it must be there, and what it means. */
function fieldLines(schema: Schema, lead: string, paint: Style, width: number): string[] {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0)
    return hang(lead, [typeWords(schema), schema.description ?? ""].filter((part) => part !== "").join(": "), width);
  const kinds = fields.map(([name, field]) => kindWords(field, schema.required?.includes(name) === true));
  const names = columnWidth(
    fields.map(([name]) => name),
    28,
  );
  const kindWidth = columnWidth(kinds, 30);
  return fields.flatMap(([name, field], index) => {
    const first = `${lead}${pad(paint.bold(name), names)}  ${pad(kinds[index] ?? "", kindWidth)}  `;
    const text = [field.description ?? "", constraintWords(field)].filter((part) => part !== "").join("; ");
    const own =
      width - displayWidth(first) >= 30
        ? hang(first, text, width)
        : [first.trimEnd(), ...(text === "" ? [] : hang(`${lead}    `, text, width))];
    const nested = nestedOf(field);
    return [...own, ...(nested ? fieldLines(nested, `${lead}    `, paint, width) : [])];
  });
}

function nestedOf(field: Schema): Schema | undefined {
  if (field.properties) return field;
  if (field.items?.properties) return field.items;
  return typeof field.additionalProperties === "object" && field.additionalProperties.properties
    ? field.additionalProperties
    : undefined;
}

function kindWords(field: Schema, required: boolean): string {
  const state =
    field.default !== undefined ? `, default ${inline(field.default as Json)}` : required ? "" : ", optional";
  return `${typeWords(field)}${state}`;
}

function typeWords({ type, items, additionalProperties, enum: choices }: Schema): string {
  if (type === "array") return `list of ${items ? typeWords(items) : "anything"}`;
  if (type === "object" && typeof additionalProperties === "object") return `map of ${typeWords(additionalProperties)}`;
  if (type === undefined) return choices ? [...new Set(choices.map((one) => typeof one))].join(" or ") : "anything";
  return typeof type === "string" ? type : type.join(" or ");
}

function constraintWords(field: Schema): string {
  const { enum: choices, pattern, minimum, maximum, minLength, minItems } = field;
  const parts = [
    choices ? `one of ${choices.map((one) => inline(one as Json)).join(", ")}` : "",
    pattern === undefined ? "" : `matches ${pattern}`,
    minimum === undefined || minimum === 0 ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`,
    minLength === undefined || minLength < 2 ? "" : `at least ${minLength} characters`,
    minItems === undefined ? "" : `at least ${minItems}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
