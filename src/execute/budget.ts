/** The failures of what is repeated. An instance that failed once has its place, however much of it fails then. */
export interface Budget {
  readonly most: number;
  /** The names of the instances that failed, and that the run goes on without. */
  readonly failed: Set<string>;
}

/** One instance's part in it. */
export interface Share {
  readonly budget: Budget;
  readonly instance: string;
}

/** Whether an instance may fail; then its place is taken. */
export function mayFail(share: Share | undefined): share is Share {
  if (!share) return false;
  const { budget, instance } = share;
  if (!budget.failed.has(instance) && budget.failed.size >= budget.most) return false;
  budget.failed.add(instance);
  return true;
}
