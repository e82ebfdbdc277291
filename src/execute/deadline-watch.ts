import { sayDeadlines } from "./deadlines.ts";
import type { Session } from "./session.ts";

const lookMs = 1000;

/** Says that a deadline is near or over while a long step works. Returns what ends the watch. */
export function watchDeadlines(session: Session): () => void {
  const { deadlines, includes } = session.root;
  if (deadlines.size + includes.size === 0) return () => {};
  const timer = setInterval(() => {
    try {
      sayDeadlines(session);
    } catch {
      // A journal that takes no record says so to whoever needs one next.
    }
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
