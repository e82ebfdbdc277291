/** The backup's time (UTC, ISO 8601), its age, and the most that may be lost. Milliseconds. */
export interface KnownRecoveryPoint {
  readonly at: string;
  readonly ageMs: number;
  readonly mostMs?: number;
}
