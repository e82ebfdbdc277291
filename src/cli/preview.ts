import { hostname } from "node:os";
import { hidden } from "../execute/hide-secrets.ts";
import type { TurnSecrets } from "../execute/turn-secrets.ts";
import type { ConnectionsOptions } from "../look/connections.ts";
import type { ContextSource } from "../look/contexts.ts";
import { probeContext, readContext } from "../look/contexts.ts";
import type { World } from "../look/world.ts";
import { digestOf } from "../plan/digest.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Progress } from "../plan/planning.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import type { Masker } from "../secret/masker.ts";
import type { Io } from "./io.ts";
import { localSystems } from "./local-systems.ts";
import { localTarget } from "./local-target.ts";
import { maskError } from "./mask-error.ts";
import { openConnections } from "./open-connections.ts";

export interface PreviewRequest {
  readonly runbook: Runbook;
  readonly inputs: JsonObject;
  readonly offline: boolean;
  readonly cwd: string;
  readonly secrets?: TurnSecrets | undefined;
  /** A run whose resume is previewed: its id, start, known results and what was begun. */
  readonly resumed?: {
    readonly progress: Progress;
    readonly startedAt: string;
    readonly steps: World["values"]["steps"];
    /** Hears who the systems say they are. */
    readonly onIdentity: ConnectionsOptions["onIdentity"];
  };
}

/** Makes a plan against this machine. Nothing that it is given can write. */
export async function preview(io: Io, request: PreviewRequest): Promise<Plan> {
  const ending = new AbortController();
  const onInterrupt = () => ending.abort();
  process.on("SIGINT", onInterrupt);
  // A run that does not exist yet has no id; what would be named after it shows this instead.
  const run = {
    id: request.resumed?.progress.run ?? "RUN",
    startedAt: request.resumed?.startedAt ?? new Date().toISOString(),
  };
  const { secrets } = request;
  const connections = openConnections(request.cwd, request.resumed?.onIdentity ?? (() => {}));
  const source: ContextSource = {
    systems: localSystems,
    connections,
    ...(secrets?.masker().active ? { mask: () => secrets.masker().stream() } : {}),
    ...(secrets ? { hideEnv: secrets.hideEnv } : {}),
    cwd: request.cwd,
    run,
    onProgress: () => {},
    onNote: () => {},
    onOutput: () => {},
  };
  const world: World = {
    cwd: request.cwd,
    values: {
      inputs: request.inputs,
      steps: { ...request.resumed?.steps },
      run: { ...run, user: io.user, host: hostname() },
      secrets: secrets?.of(request.runbook) ?? {},
    },
    read: (place) => readContext(source, place),
    probe: (place) => probeContext(source, place, { kind: "memory" }),
  };
  connections.declare("", request.runbook, world.values);
  try {
    const plan = await makePlan({
      runbook: request.runbook,
      world,
      cwd: request.cwd,
      target: localTarget(),
      offline: request.offline,
      ...(request.resumed ? { progress: request.resumed.progress } : {}),
      connections,
      secretsOf: (runbook) => secrets?.of(runbook) ?? {},
      signal: ending.signal,
    });
    return secrets ? hiddenPlan(secrets.masker(), plan) : plan;
  } catch (error) {
    throw maskError(error, secrets);
  } finally {
    process.off("SIGINT", onInterrupt);
    await connections.close();
  }
}

/**
 * What is shown, saved and compared has no secret in it. The inputs are the operator's own words, and a saved plan is
 * run with them; ids, states and digests are belay's.
 */
function hiddenPlan(masker: Masker, { digest: _digest, ...plan }: Plan): Plan {
  const masked = {
    ...hidden(masker, plan),
    warnings: masker.json(plan.warnings),
    connections: plan.connections.map((one) => ({ ...hidden(masker, one), ...textOf(masker, one, "problem") })),
    steps: plan.steps.map((step) => ({
      ...hidden(masker, step),
      ...textOf(masker, step, "reason"),
      ...(step.confirm ? { confirm: masker.json(step.confirm) } : {}),
    })),
  };
  return { ...masked, digest: digestOf(masked) };
}

function textOf<K extends string>(
  masker: Masker,
  of: { readonly [name in K]?: string },
  name: K,
): { [name in K]?: string } {
  const text = of[name];
  return (text === undefined ? {} : { [name]: masker.text(text) }) as { [name in K]?: string };
}
