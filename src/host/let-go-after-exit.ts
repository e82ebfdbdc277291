import type { Started } from "./started.ts";

/** What a grandchild that holds the pipes gets to say after the command has ended. */
const pipesMs = 200;

/** A grandchild can hold the pipes for hours; the command itself is over. */
export function letGoAfterExit(child: Started): void {
  child.onExit(() => {
    const letGo = () => {
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
    };
    // A slow write can make the timer late, with the command's last words unread. Between a timer and an immediate the
    // pipes are read empty.
    const timer = setTimeout(() => setImmediate(letGo), pipesMs);
    child.ended.then(() => clearTimeout(timer));
  });
}
