/**
 * Ends the turn from anywhere below the loop (another system under a known name, say). It passes through every look and
 * every action, and is never what a look found or how a step failed.
 */
export class TurnEnds extends Error {
  override readonly name: string = "TurnEnds";
}
