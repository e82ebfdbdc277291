import { columnWidth, displayWidth, pad, wrap } from "./layout.ts";

/** What is said of a step beside its title. The paint is put on after the lines are broken. */
export interface Detail {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Row {
  /** Number and symbol; every row's has the same width. */
  readonly lead: string;
  readonly id: string;
  readonly title: string;
  readonly details: readonly Detail[];
  /** How many columns of its lead set it in below its group. */
  readonly indent?: number;
}

/** Where the columns of a list of steps are. Where there is no room for a third one, details stand below the title. */
export interface StepColumns {
  readonly id: number;
  readonly title: number;
  readonly details: number;
  /** The column at which titles begin. */
  readonly left: number;
  readonly stacked: boolean;
}

const leastDetails = 36;
const mostDetails = 100;

export function stepColumns(
  rows: readonly { readonly id: string; readonly title: string }[],
  leadWidth: number,
  width: number,
): StepColumns {
  const id = columnWidth(
    rows.map((row) => row.id),
    width < 120 ? 24 : 36,
  );
  const left = leadWidth + (id > 0 ? id + 2 : 0);
  const title = columnWidth(
    rows.map((row) => row.title),
    44,
  );
  const room = width - left - title - 2;
  const stacked = room < leastDetails;
  return {
    id,
    left,
    stacked,
    title: stacked ? width - left : title,
    details: stacked ? width - left : Math.min(room, mostDetails),
  };
}

/** The lines of one step, without ends that are only spaces. */
export function stepRow(row: Row, columns: StepColumns, bold: (text: string) => string): string[] {
  const setIn = row.indent ?? 0;
  const idWidth = Math.max(0, columns.id - setIn);
  const indent = " ".repeat(columns.left);
  const titles = wrap(row.title, columns.title);
  const oneLine = columns.stacked ? besides(row, titles, columns) : undefined;
  const details = oneLine
    ? []
    : row.details.flatMap(({ text, paint }) =>
        wrap(text, columns.details).map((line) => (paint && line !== "" ? paint(line) : line)),
      );
  const long = displayWidth(row.id) > idWidth;
  const name = long ? row.id : pad(row.id, idWidth);
  const whole = long ? onOneLine(row, columns, bold) : undefined;
  if (whole !== undefined) return [whole];
  const head =
    row.id === "" ? row.lead : `${row.lead}${bold(name.trimEnd())}${" ".repeat(name.length - name.trimEnd().length)}  `;
  const right = columns.stacked ? titles.map((line) => line) : beside(titles, details, columns.title);
  if (oneLine) right[0] = oneLine;
  const first =
    long && row.id !== ""
      ? [head, ...right.map((line) => indent + line)]
      : [head + (right[0] ?? ""), ...right.slice(1).map((line) => indent + line)];
  const below = columns.stacked ? details.map((line) => indent + line) : [];
  return [...first, ...below].map((line) => line.trimEnd());
}

/** An id that is too long for its column still shares its line where everything fits. */
function onOneLine(row: Row, columns: StepColumns, bold: (text: string) => string): string | undefined {
  const [only, ...more] = row.details;
  if (more.length > 0) return undefined;
  const text = only ? (only.paint?.(only.text) ?? only.text) : "";
  const line = [`${row.lead}${bold(row.id)}`, row.title, text].filter((part) => part !== "").join("  ");
  const width = columns.stacked ? columns.left + columns.title : columns.left + columns.title + 2 + columns.details;
  return displayWidth(line) <= width ? line : undefined;
}

/** A single short detail needs no line of its own. */
function besides(row: Row, titles: readonly string[], columns: StepColumns): string | undefined {
  const [only, ...more] = row.details;
  const [title, ...rest] = titles;
  if (!only || title === undefined || more.length > 0 || rest.length > 0) return undefined;
  const joint = title === "" ? "" : " · ";
  if (displayWidth(title + joint + only.text) > columns.title) return undefined;
  return `${title}${joint}${only.paint ? only.paint(only.text) : only.text}`;
}

function beside(left: readonly string[], right: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < Math.max(left.length, right.length); i++)
    lines.push(`${pad(left[i] ?? "", width)}  ${right[i] ?? ""}`);
  return lines;
}
