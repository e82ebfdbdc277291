import { RunPause } from "./pause.ts";

/** Ends the turn for all branches: none of them begins anything more. */
export interface Halt {
  /** Why; undefined while work goes on. */
  readonly because: string | undefined;
  readonly signal: AbortSignal;
  call(because: string): void;
  /** What comes after the branches (undo, `finally`) begins anew. */
  lift(): void;
}

export function makeHalt(): Halt {
  let because: string | undefined;
  let controller = new AbortController();
  return {
    get because() {
      return because;
    },
    get signal() {
      return controller.signal;
    },
    call(why) {
      because ??= why;
      controller.abort();
    },
    lift() {
      because = undefined;
      controller = new AbortController();
    },
  };
}

interface Stoppable {
  readonly halt: Halt;
  readonly stops: { readonly pause: AbortSignal };
}

export function mustStop({ halt, stops }: Stoppable): boolean {
  return stops.pause.aborted || halt.because !== undefined;
}

/** Throws a pause when a person stopped the run, or another branch did: then nothing more is begun. */
export function stopHere(session: Stoppable, step: string): void {
  if (mustStop(session))
    throw new RunPause("interrupted", session.halt.because ?? "the run was stopped on request", step);
}
