import type { Catalog } from "../../src/action/catalog.ts";
import type { ConnectionKind } from "../../src/action/connection.ts";
import type { Action } from "../../src/action/define-action.ts";
import { fieldsOf, inputTable, resultTable, table } from "./field-tables.ts";

const effects: { readonly [E in Action["effect"]]: string } = {
  read: "looks",
  change: "changes",
  manual: "a person acts",
  poll: "looks until a condition holds",
  assert: "judges expressions",
};

/** docs/actions.md: everything that each action says of itself. */
export async function actionsPage(catalog: Catalog): Promise<string> {
  const actions = (await Promise.all(catalog.names.map((name) => catalog.load(name)))).flatMap((one) => one ?? []);
  const kinds = (await Promise.all(catalog.kinds.map((kind) => catalog.loadKind(kind)))).flatMap((one) => one ?? []);
  const rows = actions.map((one) => [`[\`${one.name}\`](#${anchor(one.name)})`, effects[one.effect], one.summary]);
  return [
    "# Actions",
    "",
    "What a step can `use`. `belay actions NAME` prints the same in a terminal. This page is generated from the actions",
    "themselves (`make docs`).",
    "",
    table(["action", "effect", "what it does"], rows),
    "",
    "*Undo* says how a change is put back; `plan` shows it. What it needs is captured in the journal before the change",
    "begins, and what is removed goes to the run's trash.",
    "",
    ...actions.flatMap(section),
    "# Connections",
    "",
    "The kinds of systems that a runbook can name in `connections`. A step works `on` one of them.",
    "",
    ...kinds.flatMap((kind) => connectionSection(kind, actions)),
  ].join("\n");
}

const anchor = (name: string) => name.replaceAll(".", "");

function section(action: Action): string[] {
  const inputs = fieldsOf(action.input);
  const results = fieldsOf(action.result);
  return [
    `## ${action.name}`,
    "",
    `${action.summary}.`,
    "",
    ...factsOf(action).map((fact) => `- ${fact}`),
    "",
    ...(action.description ? [action.description.trim(), ""] : []),
    "```yaml",
    `uses: ${action.name}`,
    "with:",
    ...action.example
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
    "```",
    "",
    "`with`:",
    "",
    inputTable(inputs),
    "",
    "`result`:",
    "",
    results.length > 0 ? resultTable(results) : "anything",
    "",
  ];
}

function connectionSection(kind: ConnectionKind, actions: readonly Action[]): string[] {
  const users = actions.filter(({ on }) => on?.includes(kind.kind)).map(({ name }) => `\`${name}\``);
  return [
    `## Connections of the kind ${kind.kind}`,
    "",
    `${kind.summary}.`,
    "",
    ...(kind.description ? [kind.description.trim(), ""] : []),
    "```yaml",
    "connections:",
    ...kind.example
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
    "```",
    "",
    inputTable(fieldsOf(kind.config)),
    "",
    ...(users.length > 0 ? [`Used by ${users.join(", ")}.`, ""] : []),
  ];
}

function factsOf(action: Action): string[] {
  switch (action.effect) {
    case "read":
      return ["**Looks:** may run in `plan`, in preflight and as a check."];
    case "manual":
      return ["**A person acts**, and states what came of it."];
    case "poll":
      return ["**Looks**, again and again."];
    case "assert":
      return ["**Changes nothing:** it judges what is known."];
    case "change":
      return [
        `${action.reads ? "**Changes, or only looks,** as its input says;" : "**Changes;**"} ${
          action.inspect
            ? "looks at its outcome by itself: `plan` shows what it would change, and a doubt is settled without a `check`."
            : "can't tell its outcome: give the step a `check`, or say `repeatable: true` if that is so."
        }`,
        action.repeatable
          ? "**Repeatable:** running it again does no harm."
          : "**Not repeatable** unless the step says so.",
        ...(action.on ? [`**Works on** this machine, or on a connection of the kind ${action.on.join(" or ")}.`] : []),
        action.undoes ? `**Undo:** ${action.undoes}.` : "**Undo:** none.",
        ...(action.probe ? ["`reads: true` is the author's word that this use only looks."] : []),
      ];
  }
}
