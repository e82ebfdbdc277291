import type { Template } from "../expression/template.ts";
import type { Reference } from "../expression/types.ts";
import { type Node, type Runbook, type Section, type Step, sections } from "./runbook.ts";
import { addressOf, prefixBelow } from "./walk.ts";

/** A secret that a runbook (the started one, or one that it includes) declares. */
export interface SecretUse {
  readonly runbook: Runbook;
  readonly name: string;
}

/** Whether a step or group needs nothing more: `address` is its own, or that of what is repeated. */
export type Through = (address: string) => boolean;

/** The secrets that the work still to do needs, each once. */
export function secretsNeeded(root: Runbook, through: Through, parts: readonly Section[] = sections): SecretUse[] {
  const found = new Map<string, SecretUse>();
  const add = (runbook: Runbook, names: Iterable<string>) => {
    for (const name of names) if (runbook.secrets.has(name)) found.set(`${runbook.digest} ${name}`, { runbook, name });
  };
  const visit = (runbook: Runbook, nodes: readonly Node[], prefix: string): void => {
    for (const node of nodes) {
      const address = addressOf(prefix, node.id);
      if (through(address)) continue;
      if (node.kind === "step") add(runbook, namesIn(runbook, node));
      const inner = prefixBelow(node, prefix, address);
      if (node.kind === "group") visit(runbook, node.steps, inner);
      if (node.kind === "include") for (const part of sections) visit(node.runbook, node.runbook[part], inner);
    }
  };
  for (const part of parts) visit(root, root[part], "");
  return [...found.values()];
}

/** Whether an input is made with a secret. */
export function holdsSecret(input: Template): boolean {
  return input.references.some(({ path }) => path[0] === "secrets");
}

/** Whether a runbook, or one that it includes, declares secrets. */
export function hasSecrets(runbook: Runbook): boolean {
  return runbook.secrets.size > 0 || [...runbook.includes.values()].some(hasSecrets);
}

function namesIn(runbook: Runbook, step: Step): Set<string> {
  const templates = [
    step.with,
    step.check?.with,
    step.poll?.with,
    ...(step.undo?.kind === "uses" ? [step.undo.with] : []),
    ...[step.on, step.check?.on, step.undo?.kind === "uses" ? step.undo.on : undefined].map((on) =>
      on === undefined ? undefined : runbook.connections.get(on)?.config,
    ),
  ];
  const names = new Set<string>();
  for (const template of templates)
    for (const name of secretNames(runbook, template?.references ?? [])) names.add(name);
  return names;
}

/** `secrets` as a whole needs all of them: which one is meant is only known when it is evaluated. */
function secretNames(runbook: Runbook, references: readonly Reference[]): Iterable<string> {
  const paths = references.map(({ path }) => path).filter(([root]) => root === "secrets");
  if (paths.some((path) => path[1] === undefined)) return runbook.secrets.keys();
  return paths.map(([, name = ""]) => name);
}
