import type { Node } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import { finished } from "./outcome.ts";
import type { Session } from "./session.ts";

/** What a node's records are called: a run that was taken back to before it begins a new round. */
export function baseKey(session: Session, address: string): string {
  const round = session.state.steps.get(address)?.round ?? 1;
  return round === 1 ? address : `${address}~${round}`;
}

export function groupKey(session: Session, address: string): string {
  return `${baseKey(session, address)}#1`;
}

/** Records that everything of a group is through. */
export async function groupEnd(
  session: Session,
  node: Node,
  key: string,
  more: { readonly message?: string; readonly result?: JsonObject; readonly state?: "done" | "failed" } = {},
): Promise<void> {
  const begunAt = session.state.steps.get(node.id)?.begunAt;
  const durationMs = begunAt === undefined ? undefined : Math.max(0, Date.now() - Date.parse(begunAt));
  const { message, result, state = "done" } = more;
  await session.durable.once(
    `${key} done`,
    async () =>
      finished(node, key, state, {
        ...(message === undefined ? {} : { message }),
        ...(result === undefined ? {} : { result }),
        ...(durationMs === undefined ? {} : { durationMs }),
      }),
    { lazyFor: () => true },
  );
}
