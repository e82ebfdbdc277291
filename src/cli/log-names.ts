import type { RunState } from "../event/run-state.ts";
import { fileNameOf } from "../journal/log-name.ts";

/** The addresses that a person means by one: itself, what is below it, or the one step elsewhere that has this id. */
export function addressesOf(state: RunState, given: string): string[] {
  const all = [...state.steps.keys()];
  const below = all.filter((one) => one === given || one.startsWith(`${given}/`) || one.startsWith(`${given}[`));
  if (below.length > 0) return below;
  return all.filter((one) => one.endsWith(`/${given}`));
}

/** The log files of some addresses, all attempts: `load.1.out`, `load~2.1.err`, `sites%5Beu%5D%2Fstop.1.out`. */
export function logsOf(names: readonly string[], addresses: readonly string[]): string[] {
  return addresses.flatMap((address) => {
    const start = fileNameOf(address);
    return names.filter((name) => name.startsWith(start) && /^(~\d+)?\./.test(name.slice(start.length)));
  });
}
