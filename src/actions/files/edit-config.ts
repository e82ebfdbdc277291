import { ActionFailure } from "../../action/failure.ts";
import {
  insertLine,
  joinLines,
  type Line,
  sectionName,
  sectionRange,
  splitLines,
  usualSeparator,
} from "./config-lines.ts";
import { goesOn, isComment, isOpen, readSetting, type Setting, trimmed } from "./setting-line.ts";

/** What to do to a file of `key=value`, `key: value` or `key value` lines. All strings are bytes as Latin-1 characters. */
export interface ConfigEdit {
  readonly set: readonly (readonly [key: string, value: string])[];
  readonly remove: readonly string[];
  readonly add: readonly string[];
  readonly section?: string | undefined;
  readonly separator?: string | undefined;
}

/** Edits the lines that the edit names and leaves every other byte. Throws ActionFailure where it would have to guess. */
export function editConfig(bytes: string, edit: ConfigEdit, path: string): string {
  const once = apply(bytes, edit, path);
  if (once !== bytes) refuseUnstable(once, edit, path);
  return once;
}

/** An edit that does not find itself done afterwards (`set: {a: 1}` with `remove: ["a=1"]`, say) can't be checked. */
function refuseUnstable(once: string, edit: ConfigEdit, path: string): void {
  const details: string[] = [];
  try {
    if (apply(once, edit, path) === once) return;
  } catch (error) {
    if (error instanceof ActionFailure) details.push(`A second look would say: ${error.message}`);
  }
  const message = `The entries of the edit of ${path} get in each other's way; it is unchanged`;
  throw new ActionFailure("wrong-input", message, details);
}

function apply(bytes: string, edit: ConfigEdit, path: string): string {
  const mark = bytes.startsWith("\xef\xbb\xbf") ? bytes.slice(0, 3) : "";
  const lines = splitLines(bytes.slice(mark.length));
  const separator = edit.separator ?? usualSeparator(lines);
  for (const entry of edit.remove) removeEntry(lines, entry, edit, path);
  for (const [key, value] of edit.set) setKey(lines, key, value, separator, edit, path);
  for (const text of edit.add) addLine(lines, text, edit, path);
  return mark + joinLines(lines);
}

type Found = Setting & { readonly index: number };

/** The one line that sets a key; a line that may mean something else counts only where no other does. */
function findKey(
  lines: readonly Line[],
  key: string,
  edit: ConfigEdit,
  path: string,
  counts: (setting: Setting, text: string) => boolean = () => true,
): Found | undefined {
  const [start, end] = sectionRange(lines, edit.section, path);
  const all = lines.slice(start, end).flatMap(({ text }, offset): Found[] => {
    const setting = isComment(text) ? undefined : readSetting(text, key, edit.separator);
    return setting === undefined || !counts(setting, text) ? [] : [{ ...setting, index: start + offset }];
  });
  const certain = all.filter((found) => found.certain);
  const [one, two] = certain.length > 0 ? certain : all;
  if (one === undefined || two === undefined) return one;
  throw new ActionFailure(
    "wrong-input",
    `${key} is set in line ${one.index + 1} and in line ${two.index + 1} of ${path}; which one is meant is not clear; it is unchanged`,
  );
}

/** Refuses a line that can't be edited by itself. */
function refuseUnclear(lines: readonly Line[], found: Found, key: string, path: string): void {
  const { index, value, certain } = found;
  const refuse = (why: string) => {
    throw new ActionFailure("wrong-input", `Line ${index + 1} of ${path} ${why}; it is unchanged`);
  };
  if (!certain) refuse(`begins with ${key} but may set something else: say which with \`separator\``);
  if (goesOn(lines[index - 1]?.text ?? "")) refuse(`(${key}) may belong to the line before, which ends in a backslash`);
  const following = lines.slice(index + 1, index + 20).map(({ text }) => text);
  if (isOpen(lines[index]?.text ?? "", value, following))
    refuse(`begins a value of ${key} that goes on in the next lines`);
}

function setKey(lines: Line[], key: string, value: string, separator: string, edit: ConfigEdit, path: string): void {
  const found = findKey(lines, key, edit, path);
  if (found === undefined) {
    append(lines, key + separator + value, edit, path);
    return;
  }
  if (found.value === value) return;
  refuseUnclear(lines, found, key, path);
  const line = lines[found.index];
  if (line) line.text = found.head + (found.separator || separator) + value;
}

function removeEntry(lines: Line[], entry: string, edit: ConfigEdit, path: string): void {
  const wanted = trimmed(entry);
  const isKey = !isComment(wanted) && !wanted.includes("=");
  // "save 900 1" is a line; as a key it would also take "save 900 1 60" away.
  const counts = ({ separator }: Setting, text: string) =>
    trimmed(text) !== wanted && !(/[ \t]/.test(wanted) && trimmed(separator) === "");
  const found = isKey ? findKey(lines, wanted, edit, path, counts) : undefined;
  if (found !== undefined) refuseUnclear(lines, found, wanted, path);
  const [start, end] = sectionRange(lines, edit.section, path);
  const kept = lines.filter(({ text }, index) => {
    if (index === found?.index) return false;
    return index < start || index >= end || trimmed(text) !== wanted;
  });
  lines.splice(0, lines.length, ...kept);
}

function addLine(lines: Line[], text: string, edit: ConfigEdit, path: string): void {
  const [start, end] = sectionRange(lines, edit.section, path);
  if (lines.slice(start, end).some((line) => trimmed(line.text) === trimmed(text))) return;
  append(lines, text, edit, path);
}

function append(lines: Line[], text: string, edit: ConfigEdit, path: string): void {
  const refuse = (why: string) => {
    throw new ActionFailure(
      "wrong-input",
      `"${text}" is not in ${path} and can't be appended: ${why}; it is unchanged`,
    );
  };
  const sections = lines.filter((line) => sectionName(line.text) !== undefined).length;
  if (edit.section === undefined && sections > 1)
    refuse(`the file has ${sections} sections; name one with \`section\``);
  const first = lines.find((line) => trimmed(line.text) !== "")?.text ?? "";
  if (/^[ \t]*[<{]/.test(first)) refuse("the file looks like XML or JSON");
  const [start, end] = sectionRange(lines, edit.section, path);
  let at = end;
  // Blank lines at the end of a section belong to the look of the next one.
  while (edit.section !== undefined && at > start && trimmed(lines[at - 1]?.text ?? "") === "") at -= 1;
  if (goesOn(lines[at - 1]?.text ?? "")) refuse(`line ${at} ends in a backslash and would swallow it`);
  insertLine(lines, at, text);
}
