import { type LiveRegion, type LiveText, startLiveRegion } from "./live-region.ts";

/** Lines that stay, and a region below them that is redrawn. Nobody waits for it; a terminal that is gone is no error. */
export interface Screen {
  /** What is printed while others have the terminal is held back until they are through. */
  print(lines: readonly string[]): void;
  /** Whether there may be something to draw below the lines. */
  setLive(wanted: boolean): void;
  /** Resolves when all lines are written and the region is wiped away. From then on nothing is written. */
  suspend(): Promise<void>;
  resume(): void;
  close(): Promise<void>;
}

const redrawMs = 100;
const gatherMs = 20;
/** Every line wipes the region away and draws it anew: many lines do so together. */
const gatherLiveMs = 120;
const mostGathered = 200;

/** `liveText` gives what is worth drawing now; what ends sooner is never drawn, and costs its line and no more. */
export function screen(stdout: NodeJS.WriteStream, color: boolean, liveText: () => readonly LiveText[]): Screen {
  const gathered: string[] = [];
  let region: LiveRegion | undefined;
  let wanted = false;
  let suspended = false;
  let held = false;
  let gone = false;
  let stale = false;
  let gathering: NodeJS.Timeout | undefined;
  let redraw: NodeJS.Timeout | undefined;
  let pumping: Promise<void> | undefined;

  // A hang-up ends the terminal, not the run.
  const onError = () => {
    gone = true;
  };
  // What is drawn was broken for the old width. Lines that the terminal itself broke again stay where they are: wiping
  // them away too would be a guess, and a wrong one takes lines that should stay.
  const onResize = () => {
    stale = region !== undefined;
    if (stale) void pump();
  };
  stdout.on("error", onError);
  stdout.on("resize", onResize);

  const endRegion = async () => {
    const ending = region;
    region = undefined;
    await ending?.end();
  };
  const texts = () => (wanted && !suspended && !gone ? liveText() : []);
  const onTick = () => {
    const next = texts();
    if (next.length > 0 && region) {
      if (region.update(next)) return;
      stale = true;
    }
    if (next.length > 0 || region) void pump();
  };
  const work = async () => {
    for (;;) {
      const next = texts();
      if (gathered.length > 0 && !held) {
        stale = false;
        await endRegion();
        const lines = gathered.splice(0);
        if (!gone) stdout.write(`${lines.join("\n")}\n`);
      } else if (region && (next.length === 0 || stale)) {
        stale = false;
        await endRegion();
      } else if (!region && next.length > 0) region = startLiveRegion(stdout, next, color);
      else return;
    }
  };
  const pump = (): Promise<void> => {
    clearTimeout(gathering);
    gathering = undefined;
    pumping ??= work().finally(() => {
      pumping = undefined;
      // What came while this round ended belongs to the next.
      if ((gathered.length > 0 && !held) || (region && (suspended || !wanted || stale))) gather();
    });
    return pumping;
  };
  const gather = () => {
    gathering ??= setTimeout(() => void pump(), region ? gatherLiveMs : gatherMs);
  };
  const settle = async () => {
    do await pump();
    while (gathered.length > 0 || region);
  };
  return {
    print(lines) {
      gathered.push(...lines);
      if (held) return;
      if (gathered.length >= mostGathered) void pump();
      else gather();
    },
    setLive(live) {
      if (live === wanted) return;
      wanted = live;
      clearInterval(redraw);
      if (live) redraw = setInterval(onTick, redrawMs);
      else if (region) void pump();
    },
    async suspend() {
      suspended = true;
      await settle();
      held = true;
    },
    resume() {
      suspended = false;
      held = false;
      void pump();
    },
    async close() {
      suspended = true;
      held = false;
      clearInterval(redraw);
      stdout.off("resize", onResize);
      await settle();
    },
  };
}
