import { ActionFailure } from "../../src/action/failure.ts";

/** The ActionFailure that a promise must end in; anything else fails the test. */
export async function failureOf(work: Promise<unknown> | undefined): Promise<ActionFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ActionFailure) return error;
    throw error;
  }
  throw new Error("it was expected to fail, and did not");
}
