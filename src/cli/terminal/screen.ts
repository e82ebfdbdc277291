import { type LiveRegion, type LiveText, startLiveRegion } from "./live-region.ts";

/** Lines that stay, and a region below them that is redrawn. Nobody waits for it; a terminal that is gone is no error. */
export interface Screen {
  print(lines: readonly string[]): void;
  /** Whether there is something to draw below the lines. */
  setLive(wanted: boolean): void;
  /** Resolves when all lines are written and the region is wiped away. */
  suspend(): Promise<void>;
  resume(): void;
  close(): Promise<void>;
}

/** What ends sooner is never drawn: thousands of quick steps cost a line each, and no more. */
const patienceMs = 80;
const redrawMs = 200;
const gatherMs = 20;
const mostGathered = 200;

export function screen(stdout: NodeJS.WriteStream, color: boolean, liveText: () => LiveText | undefined): Screen {
  const gathered: string[] = [];
  let region: LiveRegion | undefined;
  let wanted = false;
  let ripe = false;
  let suspended = false;
  let gone = false;
  let resized = false;
  let patience: NodeJS.Timeout | undefined;
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
    resized = region !== undefined;
    if (resized) void pump();
  };
  stdout.on("error", onError);
  stdout.on("resize", onResize);

  const endRegion = async () => {
    clearInterval(redraw);
    const ending = region;
    region = undefined;
    await ending?.end();
  };
  const startRegion = (text: LiveText) => {
    region = startLiveRegion(stdout, text, color);
    redraw = setInterval(() => {
      const next = liveText();
      if (next) region?.update(next);
    }, redrawMs);
  };
  const shallDraw = () => wanted && ripe && !suspended && !gone;
  const work = async () => {
    for (;;) {
      const text = shallDraw() ? liveText() : undefined;
      if (gathered.length > 0) {
        await endRegion();
        const lines = gathered.splice(0);
        if (!gone) stdout.write(`${lines.join("\n")}\n`);
      } else if (region && (!text || resized)) {
        resized = false;
        await endRegion();
      } else if (!region && text) startRegion(text);
      else return;
    }
  };
  const pump = (): Promise<void> => {
    clearTimeout(gathering);
    gathering = undefined;
    pumping ??= work().finally(() => {
      pumping = undefined;
      // What came while this round ended belongs to the next.
      if (gathered.length > 0 || (region !== undefined) !== shallDraw() || resized) gather();
    });
    return pumping;
  };
  const gather = () => {
    gathering ??= setTimeout(() => void pump(), gatherMs);
  };
  const settle = async () => {
    do await pump();
    while (gathered.length > 0 || region);
  };
  return {
    print(lines) {
      gathered.push(...lines);
      if (gathered.length >= mostGathered || region) void pump();
      else gather();
    },
    setLive(live) {
      wanted = live;
      ripe = false;
      clearTimeout(patience);
      if (live) {
        patience = setTimeout(() => {
          ripe = true;
          void pump();
        }, patienceMs);
      } else if (region) void pump();
    },
    async suspend() {
      suspended = true;
      await settle();
    },
    resume() {
      suspended = false;
      void pump();
    },
    async close() {
      suspended = true;
      clearTimeout(patience);
      stdout.off("resize", onResize);
      await settle();
    },
  };
}
