import { Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";

/** What is drawn of a step that runs: a title behind a spinner, and a few lines below it. */
export interface LiveText {
  readonly title: string;
  readonly below: readonly string[];
}

export interface LiveRegion {
  /** False when there are more or fewer of them than are drawn: then another region must be begun. */
  update(texts: readonly LiveText[]): boolean;
  /** Resolves when it is wiped away and others may write. */
  end(): Promise<void>;
}

interface Handle {
  title: string;
  output: string;
}

const plain = (text?: string) => text ?? "";

/** Draws at the end of the terminal until it is ended. Only one at a time; whatever else is written meanwhile is held back. */
export function startLiveRegion(stdout: NodeJS.WriteStream, first: readonly LiveText[], color: boolean): LiveRegion {
  let settle = () => {};
  const over = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let now = first;
  const handles: Handle[] = [];
  let ended = false;
  const show = (at: number) => {
    const [handle, text] = [handles[at], now[at]];
    if (!handle || !text || ended) return;
    const below = text.below.join("\n");
    if (handle.output !== below) handle.output = below;
    if (handle.title !== text.title) handle.title = text.title;
  };
  const list = new Listr(
    first.map((text, at) => ({
      title: text.title,
      task: (_context: unknown, task: unknown) => {
        handles[at] = task as Handle;
        show(at);
        return over;
      },
      rendererOptions: { outputBar: 1 },
    })),
    {
      concurrent: true,
      renderer: "default",
      fallbackRenderer: "silent",
      registerSignalListeners: false,
      exitOnError: false,
      rendererOptions: {
        // What stays on the screen is written by the view, a line a step.
        clearOutput: true,
        formatOutput: "truncate",
        logger: new ListrLogger({
          useIcons: true,
          toStderr: [],
          processOutput: new ProcessOutput(stdout, process.stderr),
        }),
        ...(color ? {} : { color: { [ListrDefaultRendererLogLevels.PENDING]: plain } }),
      },
    },
  );
  const run = list.run().catch(() => undefined);
  return {
    update(texts) {
      if (texts.length !== first.length) return false;
      now = texts;
      for (const at of texts.keys()) show(at);
      return true;
    },
    async end() {
      ended = true;
      settle();
      await run;
    },
  };
}
