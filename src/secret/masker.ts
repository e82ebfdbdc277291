import type { Json } from "../schema/json.ts";
import { collectForms, type Forms, findForms, type Secrets } from "./find-forms.ts";
import type { Form } from "./forms.ts";
import { mapJson } from "./map-json.ts";
import { type MaskedStream, mask, maskStream } from "./mask-stream.ts";
import { secretNumbers } from "./number-forms.ts";
import { escapeTokens, numberForm, writeToken } from "./token.ts";

/** Keeps secrets out of what belay shows and writes. What holds none comes back itself, not a copy. */
export interface Masker {
  /** False when there is no secret to look for. */
  readonly active: boolean;
  /** Every occurrence becomes ***; occurrences that overlap become one. So does the beginning of one that was cut. */
  text(text: string): string;
  /** The same in plain data: texts, keys, and numbers that are a secret. */
  json<T>(value: T): T;
  /** For what undo must put back: an occurrence becomes a token with the secret's name; see `unseal`. */
  seal<T extends Json>(value: T): T;
  stream(): MaskedStream;
}

/** Values by name. One that is too short (`tooShortToMask`) is not looked for. */
export function makeMasker(secrets: Secrets): Masker {
  const forms = collectForms(secrets);
  return forms ? activeMasker(forms, secretNumbers(secrets)) : idleMasker;
}

const idleMasker: Masker = {
  active: false,
  text: (text) => text,
  json: (value) => value,
  // A text that looks like a token must not be taken for one later.
  seal: (value) => mapJson(value, { key: escapeTokens, text: escapeTokens, number: (number) => number }),
  stream: () => {
    const nothing = Buffer.alloc(0);
    return { push: (chunk) => chunk, end: () => nothing };
  },
};

function activeMasker(forms: Forms, numbers: ReadonlyMap<number, string>): Masker {
  const text = (text: string) => maskText(forms, text);
  const seal = (text: string) => sealText(forms, text);
  const hide = (number: number) => (numbers.has(number) ? mask : number);
  const sealNumber = (number: number) => {
    const secret = numbers.get(number);
    return secret === undefined ? number : writeToken({ secret, form: numberForm, skip: 0 });
  };
  return {
    active: true,
    text,
    json: (value) => mapJson(value, { key: text, text, number: hide }),
    seal: (value) => mapJson(value, { key: seal, text: seal, number: sealNumber }),
    stream: () => maskStream(forms),
  };
}

function maskText(forms: Forms, text: string): string {
  const hits = findForms(forms, text, true);
  if (!hits) return text;
  let out = "";
  let at = 0;
  for (const { start, end, skip } of hits) {
    out += text.slice(at, start);
    if (skip === 0) out += mask;
    at = end;
  }
  return out + text.slice(at);
}

function sealText(forms: Forms, text: string): string {
  const hits = findForms(forms, text);
  if (!hits) return escapeTokens(text);
  let out = "";
  let at = 0;
  for (const { start, end, form, skip } of hits) {
    const { secret, name } = forms.all[form] as Form;
    out += escapeTokens(text.slice(at, start)) + writeToken({ secret, form: name, skip });
    at = end;
  }
  return out + escapeTokens(text.slice(at));
}
