import type { Spelling } from "./spelling.ts";

const upper = (text: string) => text.replace(/%[0-9a-f]{2}/g, (code) => code.toUpperCase());
const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

/** encodeURIComponent throws at half a surrogate pair; as UTF-8 there is none. */
const wellFormed = (value: string) => Buffer.from(value).toString();
const component = (value: string) => encodeURIComponent(wellFormed(value));

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
/** What curl, AWS signatures and RFC 3986 encode too. */
const strict = (value: string) => component(value).replace(/[!'()*]/g, percent);
const form = (value: string) => strict(value).replaceAll("%20", "+");
/** What browsers send. */
const browserForm = (value: string) => new URLSearchParams([["", wellFormed(value)]]).toString().slice(1);
/** Python's quote leaves the slash alone, encodeURI all that has a meaning in a URL. */
const path = (value: string) => strict(value).replaceAll("%2F", "/");
const whole = (value: string) => encodeURI(wellFormed(value));
/** The part before the @ of a URL as Node and browsers write it. */
const credentials = (value: string) => {
  const url = new URL("http://h");
  url.password = value;
  return url.password;
};

const ways = { url: component, strict, form, browser: browserForm, path, whole, credentials };

export const urlSpellings: readonly Spelling[] = Object.entries(ways).flatMap(([name, write]): Spelling[] => [
  [`url-${name}`, (value) => upper(write(value))],
  [`url-${name}-lower`, (value) => lower(write(value))],
]);
