import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** The places of one run on disk. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  readonly journal: string;
  readonly lock: string;
  /** The runbook as it was when the run started. */
  readonly runbook: string;
  /** Texts of runbooks that it includes, `<digest>.yaml`. */
  readonly included: string;
  /** Texts that it went on with after the first one, `<digest>.yaml`. */
  readonly adopted: string;
  /** The plan that was agreed to; absent where nobody saw one. */
  readonly plan: string;
  readonly logs: string;
  readonly trash: string;
  /** Space kept free so that the end of a step can be recorded on a full disk. */
  readonly reserve: string;
}

/** Where belay keeps its runs: `$BELAY_HOME`, else the XDG state folder. */
export function belayHome(env: NodeJS.ProcessEnv): string {
  if (env["BELAY_HOME"]) return env["BELAY_HOME"];
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "belay");
}

export function runFolder(home: string, id: string): RunFolder {
  const path = join(home, "runs", id);
  return {
    id,
    path,
    journal: join(path, "journal.ndjson"),
    lock: join(path, "lock"),
    runbook: join(path, "runbook.yaml"),
    included: join(path, "included"),
    adopted: join(path, "adopted"),
    plan: join(path, "plan.json"),
    logs: join(path, "logs"),
    trash: join(path, "trash"),
    reserve: join(path, "reserve"),
  };
}

// No vowels and no look-alikes: an id is read aloud on a call and typed at night.
const letters = "bcdfghjkmnpqrstvwxz23456789";

/** Makes the folder of a new run, with an id that no other run here has. */
export function makeRunFolder(home: string): RunFolder {
  makeFolder(join(home, "runs"), 0o700);
  for (let tries = 0; tries < 100; tries++) {
    const id = Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("");
    const folder = runFolder(home, id);
    try {
      mkdirSync(folder.path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    mkdirSync(folder.logs, { mode: 0o700 });
    return folder;
  }
  throw new Error("found no free run id in 100 tries");
}

/** The ids of all runs whose folder has a journal. */
export function runIds(home: string): string[] {
  const runs = join(home, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs).filter((id) => existsSync(join(runs, id, "journal.ndjson")));
}
