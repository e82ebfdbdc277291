import type { RunState } from "../event/run-state.ts";
import type { TurnSecrets } from "../execute/turn-secrets.ts";
import { mayHaveChanged } from "../execute/undoable.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { hasSecrets, type SecretUse, secretsNeeded, type Through } from "../runbook/secret-uses.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";

const through = new Set(["done", "already-done", "skipped", "done-by-hand"]);

/** What a turn is going to do: go on, or only put things in order. */
export type TurnWork = "forward" | "undo" | "abandon";

/** The secrets that the work still to do needs; undefined for a runbook without any. Throws CommandFailure. */
export async function fetchSecrets(
  io: Io,
  runbook: Runbook,
  state: RunState,
  work: TurnWork,
): Promise<TurnSecrets | undefined> {
  if (!hasSecrets(runbook)) return undefined;
  const [{ makeMasker }, { fetchSecret }, { secretSources }, { tooShortToMask }] = await Promise.all([
    import("../secret/masker.ts"),
    import("../secret/fetch-secret.ts"),
    import("./secret-sources.ts"),
    import("../secret/too-short.ts"),
  ]);
  const warn = (line: string) => void io.stderr.write(`belay: ${line}\n`);
  const sources = secretSources(io, { warn });
  const values = new Map<string, { [name: string]: string | null }>();
  const all: { [token: string]: string } = {};
  const fetched = new Map<string, ReturnType<typeof fetchSecret>>();
  const hideEnv: string[] = [];
  let masker = makeMasker({});

  const of = (of: Runbook) => {
    const known = values.get(of.digest);
    const made = known ?? Object.fromEntries([...of.secrets.keys()].map((name) => [name, null]));
    values.set(of.digest, made);
    return made;
  };
  const fetchAll = async (uses: readonly SecretUse[]) => {
    for (const { runbook: owner, name } of uses) {
      const declaration = owner.secrets.get(name);
      const token = owner === runbook ? name : `${owner.name}/${name}`;
      if (!declaration || Object.hasOwn(all, token)) continue;
      const source = JSON.stringify(declaration.source);
      const pending =
        fetched.get(source) ?? fetchSecret(token, { ...declaration.source, optional: declaration.optional }, sources);
      fetched.set(source, pending);
      const found = await pending;
      if ("absent" in found) {
        if (declaration.optional) continue;
        throw new CommandFailure(exit.wrongInput, found.absent);
      }
      all[token] = found.value;
      of(owner)[name] = found.value;
      if ("env" in declaration.source) hideEnv.push(declaration.source.env);
      if (tooShortToMask(found.value))
        warn(`secret ${token} is so short that it can't be hidden in what programs print`);
    }
    masker = makeMasker(all);
  };

  const done: Through = (address) => through.has(state.steps.get(address)?.status ?? "");
  // What only puts things in order must not fail for what it does not need.
  await fetchAll(secretsNeeded(runbook, done, work === "forward" ? undefined : ["finally"]));
  return {
    of,
    masker: () => masker,
    values: () => all,
    hideEnv,
    fetchForUndo: () => fetchAll(secretsNeeded(runbook, (address) => untouched(state, address))),
  };
}

/** A step that changed nothing needs no secret to be undone; of what holds others, any of them may. */
function untouched(state: RunState, address: string): boolean {
  const step = state.steps.get(address);
  return step === undefined
    ? ![...state.steps.keys()].some((one) => one.startsWith(`${address}[`) || one.startsWith(`${address}/`))
    : step.effect !== undefined && !mayHaveChanged(step);
}
