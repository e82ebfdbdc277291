import type { Runbook } from "../runbook/runbook.ts";

/** A secret of a runbook, or of one that it includes, and the name that it has in the journal. */
export interface NamedSecret {
  readonly runbook: Runbook;
  readonly name: string;
  readonly token: string;
}

/** All secrets that a runbook and those that it includes declare. Their names are the same in every turn of a run. */
export function secretTokens(root: Runbook): NamedSecret[] {
  const runbooks = new Map<string, Runbook>();
  const visit = (runbook: Runbook): void => {
    if (runbooks.has(runbook.digest)) return;
    runbooks.set(runbook.digest, runbook);
    for (const included of runbook.includes.values()) visit(included);
  };
  visit(root);
  const all = [...runbooks.values()];
  return all.flatMap((runbook) => {
    // Two files can hold runbooks of one name.
    const alone = all.filter((one) => one !== root && one.name === runbook.name).length < 2;
    const prefix = runbook === root ? "" : `${runbook.name}${alone ? "" : `@${runbook.digest.slice(0, 12)}`}/`;
    return [...runbook.secrets.keys()].map((name) => ({ runbook, name, token: `${prefix}${name}` }));
  });
}
