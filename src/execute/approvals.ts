import type { Json } from "../schema/json.ts";

/** What other people are asked to approve. It is frozen when they are asked. */
export interface ApprovalRequest {
  /** The key of the asking attempt. */
  readonly id: string;
  readonly step: string;
  readonly title: string;
  readonly message: string;
  readonly input: Json;
  readonly target: string;
  readonly approvers: number;
  readonly notBy?: "operator";
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  readonly until?: string;
}

/** One person's word. */
export interface Verdict {
  readonly decision: "approve" | "reject";
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly host?: string;
  readonly why?: string;
}

export type ApprovalStand =
  | { readonly state: "waiting"; readonly missing: number; readonly by: readonly Verdict[] }
  | { readonly state: "approved" | "rejected" | "expired"; readonly by: readonly Verdict[] };

/** Where approvals are asked for, and come from. */
export interface Approvals {
  /** Whether somebody is there for whom it makes sense to wait; else the run stops until it is resumed. */
  readonly patient: boolean;
  /** Makes the request known to others, durably; the same again does nothing. Returns its digest. */
  ask(request: ApprovalRequest): Promise<string>;
  stand(request: ApprovalRequest): Promise<ApprovalStand>;
  /** Takes the request back: what comes later is told that it is too late. */
  withdraw(step: string, stand: ApprovalStand): Promise<void>;
}
