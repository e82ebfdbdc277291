import { Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";

/** What is drawn of the step that runs: a title behind a spinner, and a few lines below it. */
export interface LiveText {
  readonly title: string;
  readonly below: readonly string[];
}

export interface LiveRegion {
  update(text: LiveText): void;
  /** Resolves when it is wiped away and others may write. */
  end(): Promise<void>;
}

const plain = (text?: string) => text ?? "";

/** Draws at the end of the terminal until it is ended. Only one at a time; whatever else is written meanwhile is held back. */
export function startLiveRegion(stdout: NodeJS.WriteStream, first: LiveText, color: boolean): LiveRegion {
  let settle = () => {};
  const over = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let now = first;
  let handle: { title: string; output: string } | undefined;
  let ended = false;
  const show = () => {
    if (!handle || ended) return;
    const below = now.below.join("\n");
    if (handle.output !== below) handle.output = below;
    if (handle.title !== now.title) handle.title = now.title;
  };
  const list = new Listr(
    [
      {
        title: first.title,
        task: (_context, task) => {
          handle = task as unknown as { title: string; output: string };
          show();
          return over;
        },
        rendererOptions: { outputBar: 1 },
      },
    ],
    {
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
    update(text) {
      now = text;
      show();
    },
    async end() {
      ended = true;
      settle();
      await run;
    },
  };
}
