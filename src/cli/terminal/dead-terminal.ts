import { closeSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * At its end, Node puts the terminal's mode back, and aborts with a core dump where the terminal is gone by then. So
 * what was a terminal and is none any more is closed first; then there is nothing to put back, and the exit code stands.
 */
export function survivesDeadTerminal(): void {
  if (!process.listeners("exit").includes(letGo)) process.on("exit", letGo);
}

function letGo(): void {
  const streams = [process.stdin, process.stdout, process.stderr];
  for (const [fd, stream] of streams.entries()) {
    if (!stream.isTTY || isatty(fd)) continue;
    try {
      closeSync(fd);
    } catch {
      // It is closed already.
    }
  }
}

function ignore(): void {}

/** A terminal that is gone reports errors of which nobody needs to hear. */
export function ignoreErrors(stream: NodeJS.EventEmitter): void {
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
}

export function setRaw(stdin: NodeJS.ReadStream, on: boolean): void {
  ignoreErrors(stdin);
  try {
    stdin.setRawMode?.(on);
  } catch {
    // The terminal is gone; there is no mode to set.
  }
}
