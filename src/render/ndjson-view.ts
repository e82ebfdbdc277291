import type { View } from "./view.ts";

/** The version of the event lines; see `belay schema event`. */
export const eventFormat = 1;

/** One event a line: `{"v":1,"run":…,"at":…,"type":…, …}`. */
export function ndjsonView(out: NodeJS.WritableStream, run: string): View {
  // Whoever read the lines is gone: the run goes on without them.
  out.on("error", () => {});
  return {
    onEvent: (event) =>
      void out.write(
        `${JSON.stringify({ v: eventFormat, run, at: event.at ?? new Date().toISOString(), ...event })}\n`,
      ),
    suspend: async () => {},
    resume: () => {},
    close: async () => {},
  };
}
