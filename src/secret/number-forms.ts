import type { Secrets } from "./find-forms.ts";
import { tooShortToMask } from "./too-short.ts";

/** The numbers that are secrets (a PIN that YAML or JSON took for a number), with their names. */
export function secretNumbers(secrets: Secrets): ReadonlyMap<number, string> {
  const numbers = new Map<number, string>();
  for (const [name, value] of Object.entries(secrets)) {
    const number = secretNumber(value);
    if (number !== undefined && !numbers.has(number)) numbers.set(number, name);
  }
  return numbers;
}

/** undefined where the value is no number, or one that is too short to be masked. */
export function secretNumber(value: string): number | undefined {
  const text = value.trim();
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) && !tooShortToMask(String(number)) ? number : undefined;
}
