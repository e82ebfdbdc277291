import type { Step } from "../runbook/runbook.ts";
import type { Session } from "./session.ts";

/** Before an attempt begins: a deadline that is near is said, and one that is over wants a decision. */
export async function heedDeadlines(_session: Session, _step: Step): Promise<void> {}
