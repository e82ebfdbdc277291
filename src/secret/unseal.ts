import type { Json } from "../schema/json.ts";
import type { Secrets } from "./find-forms.ts";
import { formText } from "./forms.ts";
import { mapJson } from "./map-json.ts";
import { secretNumber } from "./number-forms.ts";
import { numberForm, onlyToken, readTokens, type Token } from "./token.ts";

/**
 * Puts the secrets back into what `seal` took them out of. Throws an Error with a sentence when one of them is not
 * there, or is so different from then that the form can't be made of it.
 */
export function unseal<T extends Json>(value: T, secrets: Secrets): T {
  return mapJson(value, {
    key: (key) => putBack(key, secrets),
    text: (text) => unsealText(text, secrets),
    number: (number) => number,
  });
}

/** The names of the secrets that `seal` took out of something. */
export function sealedNames(value: Json): Set<string> {
  const names = new Set<string>();
  const collect = (text: string) =>
    readTokens(text, ({ secret }) => {
      names.add(secret);
      return "";
    });
  const look = (text: string) => {
    collect(text);
    return text;
  };
  mapJson(value, { key: look, text: look, number: (number) => number });
  return names;
}

function unsealText(text: string, secrets: Secrets): string | number {
  const token = onlyToken(text);
  if (token?.form !== numberForm) return putBack(text, secrets);
  return secretNumber(secretOf(token, secrets)) ?? refuse(token);
}

function putBack(text: string, secrets: Secrets): string {
  return readTokens(text, (token) => {
    const form = formText(secretOf(token, secrets), token.form) ?? refuse(token);
    return form.slice(token.skip);
  });
}

function secretOf({ secret }: Token, secrets: Secrets): string {
  const value = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
  if (value !== undefined) return value;
  throw new Error(`the secret ${secret} is part of what was kept for undo, and has no value now`);
}

function refuse({ secret, form }: Token): never {
  throw new Error(
    `the secret ${secret} is part of what was kept for undo (as ${form}), and its value now can't be written that way`,
  );
}
