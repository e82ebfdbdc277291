import type { OutputSink, StreamMask } from "../action/systems.ts";
import type { Output } from "./output.ts";
import { outputToFiles } from "./output-files.ts";
import { outputMasked } from "./output-masked.ts";
import { outputInMemory } from "./output-memory.ts";

/** Where a program's output goes. Without a mask it writes into its logs by itself. */
export function makeOutput(to: OutputSink, mask: (() => StreamMask) | undefined): Output {
  if (to.kind === "memory") return outputInMemory(mask);
  return mask ? outputMasked(to.stdout, to.stderr, mask) : outputToFiles(to.stdout, to.stderr);
}
