import { join } from "node:path";
import type { EventOf } from "../event/event.ts";
import { digestFile } from "../journal/digest-file.ts";
import { logName } from "../journal/log-name.ts";
import type { Finished, InDoubt } from "./outcome.ts";
import type { Session } from "./session.ts";

/**
 * The end of an attempt with the digests of what its programs printed, so that the journal's chain covers the logs too.
 * A log that can't be read is left out: that is no failure of the step.
 */
export async function withLogDigests<O extends Finished | InDoubt | EventOf<"undo-finished" | "undo-in-doubt">>(
  session: Pick<Session, "folders" | "source">,
  key: string,
  outcome: O,
): Promise<O> {
  await maskLogs(session, [key]);
  if (outcome.type !== "step-finished" && outcome.type !== "undo-finished") return outcome;
  const output: NonNullable<Finished["output"]> = {};
  for (const ending of ["out", "err"]) {
    const name = `${logName(key)}.${ending}`;
    try {
      const digest = await digestFile(join(session.folders.logs, name));
      if (digest) output[name] = digest;
    } catch {
      // `belay verify` says which logs have no digest.
    }
  }
  return Object.keys(output).length === 0 ? outcome : { ...outcome, output };
}

/** Hides secrets in the logs that programs wrote by themselves, those of a turn that was killed, too. */
export async function maskLogs(session: Pick<Session, "folders" | "source">, keys: readonly string[]): Promise<void> {
  const { source, folders } = session;
  for (const key of keys) {
    for (const ending of ["out", "err"]) {
      const mask = source.mask?.();
      if (mask) await source.systems.maskFile?.(join(folders.logs, `${logName(key)}.${ending}`), mask).catch(() => {});
    }
  }
}
