import type { Runbook } from "../runbook/runbook.ts";
import type { Placed } from "../runbook/walk.ts";
import { findNode, patternOf, walk } from "../runbook/walk.ts";
import { CommandFailure, exit } from "./exit.ts";

/** `KEY=VALUE` options by key. The name of an instance (`sites[a=b]/stop`) may have an `=` in it. */
export function pairs(option: string, given: readonly string[] | undefined): Map<string, string> {
  return new Map(
    (given ?? []).map((one) => {
      const key = /^(?:\[[^\]]*\]|[^=[])+(?==)/.exec(one)?.[0];
      if (key === undefined) throw new CommandFailure(exit.wrongInput, `--${option} wants STEP=…, not ${one}`);
      return [key, one.slice(key.length + 1)];
    }),
  );
}

/** `load.count` → step and name. Names of instances may have dots: the last one splits. */
export function splitAnswer(key: string): readonly [step: string, name: string] {
  const at = key.lastIndexOf(".");
  return at < 1 ? [key, ""] : [key.slice(0, at), key.slice(at + 1)];
}

/** The steps and groups that a word on the command line may mean: an address, or the id of one in any place. */
export function meantBy(runbook: Runbook, given: string): readonly Placed[] {
  const found = findNode(runbook, given);
  return found ? [found] : [...walk(runbook)].filter(({ node }) => node.id === given);
}

/** Values by what was given for them, found again by the address of a step: all instances are meant where none is named. */
export interface ByStep<V> {
  get(step: string): V | undefined;
  /** What was written for it. */
  keyOf(step: string): string | undefined;
  keys(): IterableIterator<string>;
}

export function byStep<V>(runbook: Runbook | undefined, given: ReadonlyMap<string, V>): ByStep<V> {
  const known = new Map<string, V>();
  const written = new Map<string, string>();
  for (const [key, value] of given) {
    const [meant, ...more] = runbook && !key.includes("[") ? meantBy(runbook, key) : [];
    const address = meant && more.length === 0 ? meant.address : key;
    known.set(address, value);
    written.set(address, key);
  }
  const fitting = (step: string) =>
    [step, step.replace(/\[[^\]]*\]$/, ""), patternOf(step)].find((address) => known.has(address)) ?? step;
  return {
    get: (step) => known.get(fitting(step)),
    keyOf: (step) => written.get(fitting(step)),
    keys: () => known.keys(),
  };
}
