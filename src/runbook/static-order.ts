import type { Runbook } from "./runbook.ts";
import { patternOf, walk } from "./walk.ts";

/** Where the steps and groups of a runbook stand, in the order in which they run. */
interface StaticOrder {
  /** The place of an address, also of an instance of what is repeated; undefined where there is none. */
  placeOf(address: string): number | undefined;
  /** The groups and included runbooks that an address stands in, the outermost first. */
  around(address: string): readonly string[];
}

export function staticOrder(runbook: Runbook): StaticOrder {
  const places = new Map<string, number>();
  const outer = new Map<string, readonly string[]>();
  const open: string[] = [];
  for (const { address, depth } of walk(runbook)) {
    open.length = depth;
    places.set(address, places.size);
    outer.set(address, [...open]);
    open.push(address);
  }
  /** The list of what is repeated stands where its instances do. */
  const known = (address: string) => {
    const pattern = patternOf(address);
    return places.has(pattern) ? pattern : `${pattern}[…]`;
  };
  return {
    placeOf: (address) => places.get(known(address)),
    around: (address) => outer.get(known(address)) ?? [],
  };
}
