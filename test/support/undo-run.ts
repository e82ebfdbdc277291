import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answerer, UndoQuestion } from "../../src/execute/questions.ts";
import { worldOf } from "./crash-world.ts";
import { answererOf, type Engine, engineFor, runbookOf, stepsOf, type Turn } from "./engine.ts";

/** Folders of their own for tests of undo. */
export function undoPlaces() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-")));
  let places = 0;
  return {
    /** A folder, and how it looks byte for byte. */
    place() {
      places += 1;
      const folder = join(root, String(places));
      mkdirSync(folder);
      return {
        folder,
        put: (name: string, text: string) => writeFileSync(join(folder, name), text),
        read: (name: string) => readFileSync(join(folder, name), "utf8"),
        has: (name: string) => existsSync(join(folder, name)),
        world: () => [...worldOf(folder, "no run")].map(([path, { what }]) => `${path} ${what}`),
      };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Answers questions about an undo, and keeps them. */
export const undoWith = (questions: UndoQuestion[], answer: Awaited<ReturnType<Answerer["undo"]>>) =>
  answererOf({
    undo: async (question) => {
      questions.push(question);
      return answer;
    },
  });

export const finishes = (turn: Turn) =>
  turn.events.flatMap((event) => (event.type === "undo-finished" ? [`${event.step} ${event.state}`] : []));
export const reasonOf = ({ end }: Turn) => (end.state === "paused" ? end.reason : end.state);
export const messageOf = ({ end }: Turn) => (end.state === "paused" ? end.message : "");

export async function withEngine(steps: string, work: (engine: Engine) => Promise<void>, more = ""): Promise<void> {
  const engine = engineFor(await runbookOf(stepsOf(steps) + more));
  try {
    await work(engine);
  } finally {
    engine.remove();
  }
}

/** A step that adds a word to a file, and an undo that adds another one and takes the mark away. */
export const marked = (folder: string, id: string, more = "") => `- id: ${id}
  uses: shell
  with: { script: 'echo "$N" >> "$F/log"; touch "$F/$N"', env: { N: ${id}, F: "${folder}" } }
  check:
    uses: exec
    with: { argv: [test, -e, "${folder}/${id}"] }
    done: "\${{ result.exitCode == 0 }}"
    notDone: "\${{ result.exitCode == 1 }}"
  undo:
    uses: shell
    with: { script: 'echo "undo $N" >> "$F/log"; rm "$F/$N"', env: { N: ${id}, F: "${folder}" } }
${more}`;
