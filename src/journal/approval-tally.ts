import { type Person, personKey, samePerson } from "./approval-person.ts";
import type { ApprovalRequest } from "./approval-request.ts";

/** What one person said about a request. Who and when come from the system, not from the person. */
export interface Verdict {
  readonly decision: "approve" | "reject";
  /** `ana`, `ana (as root)`. */
  readonly by: string;
  readonly person: Person;
  /** When it was handed in, UTC. */
  readonly at: string;
  /** The machine, as the person's belay says. */
  readonly host: string;
  readonly why?: string;
}

export type Tally =
  | { readonly state: "waiting"; readonly missing: number; readonly by: readonly Verdict[] }
  | { readonly state: "approved"; readonly by: readonly Verdict[] }
  | { readonly state: "rejected"; readonly by: Verdict }
  | { readonly state: "expired"; readonly by: readonly Verdict[] };

/** What the verdicts on a request come to. One rejection is enough; what came after `until` does not count. */
export function tally(request: ApprovalRequest, verdicts: readonly Verdict[], now = Date.now()): Tally {
  const until = request.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(request.until);
  const inTime = verdicts
    .filter((one) => Date.parse(one.at) <= until)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || personKey(a.person).localeCompare(personKey(b.person)));
  const rejection = inTime.find((one) => one.decision === "reject");
  if (rejection) return { state: "rejected", by: rejection };
  const people: Verdict[] = [];
  for (const one of inTime) if (!people.some((other) => samePerson(one.person, other.person))) people.push(one);
  if (people.length >= request.approvers) return { state: "approved", by: people };
  if (now > until) return { state: "expired", by: people };
  return { state: "waiting", missing: request.approvers - people.length, by: people };
}
