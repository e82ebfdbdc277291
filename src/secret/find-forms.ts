import { type Automaton, makeAutomaton } from "./automaton.ts";
import { type Form, formsOf } from "./forms.ts";
import { addHit, type Hit } from "./hits.ts";
import { shortestForm } from "./too-short.ts";

/** Everything to look for, made once a run. */
export interface Forms {
  readonly all: readonly Form[];
  /** Their lengths in bytes of UTF-8. */
  readonly lengths: readonly number[];
  readonly automaton: Automaton;
}

export type Secrets = { readonly [name: string]: string };

/** undefined when there is nothing to look for. */
export function collectForms(secrets: Secrets): Forms | undefined {
  const different = new Map<string, Form>();
  for (const [name, value] of Object.entries(secrets)) {
    for (const form of formsOf(name, value)) if (!different.has(form.text)) different.set(form.text, form);
  }
  if (different.size === 0) return undefined;
  const all = [...different.values()];
  const bytes = all.map(({ text }) => Buffer.from(text));
  return { all, lengths: bytes.map(({ length }) => length), automaton: makeAutomaton(bytes) };
}

/** Before this sign a text was cut, be it in the middle of a secret. */
const cut = "…".charCodeAt(0);
/** Beginnings of forms that count as one, in bytes: before the sign, and at the end of a text, where it may be chance. */
const shortestBeginning = 4;
const shortestLast = 16;

/**
 * Where forms stand in a text, in order, in units of the string. The text is read as UTF-8 without being copied. With
 * `cuts`, the beginning of a form counts, too, where the text was cut; such a hit has the form -1.
 */
export function findForms(forms: Forms, text: string, cuts = false): Hit[] | undefined {
  if (text.length < shortestForm) return undefined;
  const { all, automaton } = forms;
  const { step, ends, open } = automaton;
  let hits: Hit[] | undefined;
  let state = 0;
  const beginning = (at: number, least: number) => {
    const bytes = open[state] as number;
    if (bytes < least) return;
    hits ??= [];
    addHit(hits, at - unitsOf(text, at, bytes), at, -1);
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (cuts && code === cut) beginning(at, shortestBeginning);
    if (code < 0x80) state = step(state, code);
    else {
      const point = text.codePointAt(at) as number;
      if (point > 0xffff) at++;
      state = stepPoint(step, state, point);
    }
    const found = ends[state] as number;
    if (found === 0) continue;
    hits ??= [];
    addHit(hits, at + 1 - (all[found - 1] as Form).text.length, at + 1, found - 1);
  }
  if (cuts) beginning(text.length, shortestLast);
  return hits;
}

/** How many units of a string, before a place in it, are so many bytes of UTF-8. */
function unitsOf(text: string, end: number, bytes: number): number {
  let at = end;
  for (let left = bytes; left > 0 && at > 0; at--) {
    const code = text.charCodeAt(at - 1);
    // Half of a surrogate pair is half of four bytes.
    left -= code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return end - at;
}

function stepPoint(step: Automaton["step"], from: number, point: number): number {
  const tail = (state: number, shift: number) => step(state, 0x80 | ((point >> shift) & 0x3f));
  if (point < 0x800) return tail(step(from, 0xc0 | (point >> 6)), 0);
  if (point < 0x10000) return tail(tail(step(from, 0xe0 | (point >> 12)), 6), 0);
  return tail(tail(tail(step(from, 0xf0 | (point >> 18)), 12), 6), 0);
}
