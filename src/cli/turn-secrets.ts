import type { RunState } from "../event/run-state.ts";
import type { TurnSecrets } from "../execute/turn-secrets.ts";
import { mayHaveChanged } from "../execute/undoable.ts";
import type { SecretDeclaration } from "../runbook/declarations.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { hasSecrets, type SecretUse, secretsNeeded, type Through } from "../runbook/secret-uses.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";
import { type NamedSecret, secretTokens } from "./secret-tokens.ts";

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
  const [{ makeMasker }, { fetchSecret }, { secretSources }, { tooShortToMask }, { sealedNames }] = await Promise.all([
    import("../secret/masker.ts"),
    import("../secret/fetch-secret.ts"),
    import("./secret-sources.ts"),
    import("../secret/too-short.ts"),
    import("../secret/unseal.ts"),
  ]);
  const warn = (line: string) => void io.stderr.write(`belay: ${masker.text(line)}\n`);
  const declared = secretTokens(runbook);
  const texts = new Set(declared.map((one) => one.runbook.text));
  const values = new Map<string, { [name: string]: string | null }>();
  const all: { [token: string]: string } = {};
  const fetched = new Map<string, ReturnType<typeof fetchSecret>>();
  let masker = makeMasker({});

  const of = (of: Runbook) => {
    const known = values.get(of.digest);
    const made = known ?? Object.fromEntries([...of.secrets.keys()].map((name) => [name, null]));
    values.set(of.digest, made);
    return made;
  };
  const fetchOne = (token: string, { source, optional }: SecretDeclaration, warn: (line: string) => void) => {
    const pending =
      fetched.get(JSON.stringify(source)) ??
      fetchSecret(token, { ...source, optional }, secretSources(io, { warn: (line) => warn(line) }));
    fetched.set(JSON.stringify(source), pending);
    return pending;
  };
  /** `quiet`: for the sake of masking alone; what can't be had is left out without a word. */
  const fetchAll = async (wanted: readonly NamedSecret[], quiet: boolean) => {
    // What is at hand comes first, and people last: nobody types what a variable that is not set makes useless.
    for (const { runbook: owner, name, token } of [...wanted].sort((a, b) => costOf(a) - costOf(b))) {
      const declaration = owner.secrets.get(name);
      if (!declaration || Object.hasOwn(all, token)) continue;
      const found = await fetchOne(token, declaration, quiet ? () => {} : warn);
      if ("absent" in found) {
        if (declaration.optional || quiet) continue;
        throw new CommandFailure(exit.wrongInput, masker.text(found.absent));
      }
      all[token] = found.value;
      of(owner)[name] = found.value;
      masker = makeMasker(all);
      if (!quiet) warnAbout(token, found.value);
    }
  };
  const warnAbout = (token: string, value: string) => {
    if (tooShortToMask(value)) warn(`secret ${token} is so short that it can't be hidden in what programs print`);
    else if ([...texts].some((text) => text.includes(value)))
      warn(
        `the value of secret ${token} also stands in the text of the runbook: where results and messages say it, they are masked`,
      );
  };
  const needed = (uses: readonly SecretUse[]) =>
    declared.filter((one) => uses.some((use) => use.runbook.digest === one.runbook.digest && use.name === one.name));
  /** What was recorded for undo may hold any secret, not only those of its step. */
  const sealedIn = (wanted: (address: string) => boolean) => {
    const names = new Set<string>();
    for (const step of state.steps.values()) {
      if (step.captured === undefined || !wanted(step.id)) continue;
      for (const name of sealedNames(step.captured)) names.add(name);
    }
    return declared.filter(({ token }) => names.has(token));
  };

  const done: Through = (address) => through.has(state.steps.get(address)?.status ?? "");
  // What only puts things in order must not fail for what it does not need.
  await fetchAll(needed(secretsNeeded(runbook, done, work === "forward" ? undefined : ["finally"])), false);
  await fetchAll(
    sealedIn((address) => !done(address)),
    true,
  );
  // A program may print what an earlier step was given. Looking at a variable or a file costs nothing and asks nobody.
  await fetchAll(
    declared.filter((one) => costOf(one) === 0),
    true,
  );
  return {
    of,
    masker: () => masker,
    values: () => all,
    hideEnv: declared.flatMap(({ runbook: owner, name }) => {
      const source = owner.secrets.get(name)?.source;
      return source && "env" in source ? [source.env] : [];
    }),
    fetchForUndo: async () => {
      await fetchAll(needed(secretsNeeded(runbook, (address) => untouched(state, address))), false);
      // Where one of these can't be had, that step alone can't be put back, and says so.
      await fetchAll(
        sealedIn((address) => !untouched(state, address)),
        true,
      );
    },
  };
}

/** 0: it is at hand. 1: a program runs. 2: a person is asked. */
function costOf({ runbook, name }: NamedSecret): 0 | 1 | 2 {
  const source = runbook.secrets.get(name)?.source ?? {};
  return "prompt" in source ? 2 : "command" in source ? 1 : 0;
}

/** A step that changed nothing needs no secret to be undone; of what holds others, any of them may. */
function untouched(state: RunState, address: string): boolean {
  const step = state.steps.get(address);
  return step === undefined
    ? ![...state.steps.keys()].some((one) => one.startsWith(`${address}[`) || one.startsWith(`${address}/`))
    : step.effect !== undefined && step.effect !== "manual" && !mayHaveChanged(step);
}
