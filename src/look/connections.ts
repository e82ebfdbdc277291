import type { Catalog } from "../action/catalog.ts";
import type { Identity, OpenConnection, OpenContext } from "../action/connection.ts";
import { ActionFailure } from "../action/failure.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { checker } from "../schema/check.ts";
import { scopeOf, type Values } from "./world.ts";

/** The connections of a run or a plan, by whole name: `db1`, and `restore/db1` of an included runbook. */
export interface Connections {
  /** Names what a runbook declares; nothing is opened. `base` is what its addresses begin with. */
  declare(base: string, runbook: Runbook, values: Values): void;
  /** Opens a connection when it is first used, and asks it who it is. Throws ActionFailure. */
  use(name: string, signal: AbortSignal): Promise<OpenConnection>;
  identity(name: string): Identity | undefined;
  readonly names: readonly string[];
  close(): Promise<void>;
}

export interface ConnectionsOptions {
  readonly catalog: Catalog;
  readonly context: OpenContext;
  /** Hears who a system says it is, before it is worked with; what it throws ends the use. */
  onIdentity(name: string, kind: string, identity: Identity): void;
}

interface Declared {
  readonly kind: string;
  readonly config: Runbook["connections"] extends ReadonlyMap<string, infer C> ? C : never;
  readonly values: Values;
}

export function makeConnections({ catalog, context, onIdentity }: ConnectionsOptions): Connections {
  const declared = new Map<string, Declared>();
  const opened = new Map<string, Promise<OpenConnection>>();
  const identities = new Map<string, Identity>();

  const open = async (name: string, signal: AbortSignal): Promise<OpenConnection> => {
    const found = declared.get(name);
    if (!found) throw new ActionFailure("wrong-input", `there is no connection ${name}`);
    const kind = await catalog.loadKind(found.kind);
    if (!kind) throw new ActionFailure("wrong-input", `this belay does not know connections of the kind ${found.kind}`);
    const config = renderTemplate(found.config.config, scopeOf(found.values));
    const problem = (await checker(`connection-${found.kind}`, kind.config))(config)[0];
    if (problem)
      throw new ActionFailure("wrong-input", `connection ${name} is wrong at ${problem.path.join(".") || "its root"}`);
    const connection = await kind.open(config, context);
    try {
      const identity = await connection.identify(signal);
      identities.set(name, identity);
      onIdentity(name, found.kind, identity);
      return connection;
    } catch (error) {
      await connection.close().catch(() => {});
      throw error;
    }
  };

  return {
    declare(base, runbook, values) {
      for (const [name, config] of runbook.connections)
        declared.set(`${base}${name}`, { kind: config.kind, config, values });
    },
    use(name, signal) {
      const known = opened.get(name);
      if (known) return known;
      const opening = open(name, signal);
      opened.set(name, opening);
      // What could not be reached now may be reached later: a step may start it.
      opening.catch(() => opened.delete(name));
      return opening;
    },
    identity: (name) => identities.get(name),
    get names() {
      return [...declared.keys()];
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.allSettled(all.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
    },
  };
}
