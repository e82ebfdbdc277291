import { ActionFailure } from "../../action/failure.ts";
import type { ConfigEdit } from "./edit-config.ts";
import { isComment, trimmed } from "./setting-line.ts";

export type EditInput = {
  path: string;
  set?: { [key: string]: string | number | boolean };
  remove?: string[];
  add?: string[];
  section?: string;
  separator?: string;
};

/** The edit in the bytes of the file's own encoding: UTF-8, or Latin-1 where the file is not UTF-8. */
export function readEdit(input: EditInput, content: Buffer): ConfigEdit {
  const { path, set = {}, remove = [], add = [] } = input;
  const refuse = (why: string) => new ActionFailure("wrong-input", `${why}; ${path} is unchanged`);
  if (content.includes(0)) throw refuse(`${path} holds zero bytes: it is binary, or UTF-16`);
  const utf8 = Buffer.from(content.toString("utf8")).equals(content);
  const encoded = (text: string): string => {
    if (/[\n\r\0]/.test(text)) throw refuse(`${JSON.stringify(text)} is more than one line`);
    if (utf8) return Buffer.from(text).toString("latin1");
    if (/^[\0-\xff]*$/.test(text)) return text;
    throw refuse(`${path} is not UTF-8, and ${JSON.stringify(text)} has letters that Latin-1 lacks`);
  };
  const again = add.find((line) => remove.some((entry) => trimmed(entry) === trimmed(line)));
  if (again !== undefined) throw refuse(`"${again}" is to be both added and removed`);
  for (const [key, value] of Object.entries(set)) {
    if (key === "" || trimmed(key) !== key || isComment(key) || /[=:]$/.test(key))
      throw refuse(`${JSON.stringify(key)} can't be a key`);
    if (remove.some((entry) => trimmed(entry) === key)) throw refuse(`${key} is to be both set and removed`);
    const text = String(value);
    if (trimmed(text) !== text) throw refuse(`The value of ${key} begins or ends with a blank, which would be lost`);
    if ((/\\+$/.exec(text)?.[0].length ?? 0) % 2 === 1)
      throw refuse(`The value of ${key} ends in a backslash, which would join it with the next line`);
  }
  return {
    set: Object.entries(set).map(([key, value]) => [encoded(key), encoded(String(value))] as const),
    remove: remove.map(encoded),
    add: add.map(encoded),
    section: input.section === undefined ? undefined : encoded(input.section),
    separator: input.separator,
  };
}
