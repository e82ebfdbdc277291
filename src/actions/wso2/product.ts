import { basename, join } from "node:path";
import type { ReadContext } from "../../action/context.ts";

/** What an installation says it is. `version` and `update` are null where its files don't say. */
export interface Product {
  readonly product: string;
  readonly version: string | null;
  /** The WUM update level, as updates/product.txt has it. */
  readonly update: string | null;
}

export async function readProduct(home: string, context: ReadContext): Promise<Product> {
  const words = await firstLine(join(home, "bin/version.txt"), context);
  const found = /^(.*?)[\s-]+v?(\d[\w.-]*)$/.exec(words ?? "");
  return {
    product: found?.[1] || words || basename(home),
    version: found?.[2] ?? null,
    update: (await firstLine(join(home, "updates/product.txt"), context)) ?? null,
  };
}

async function firstLine(file: string, { files }: ReadContext): Promise<string | undefined> {
  if ((await files.statTarget(file))?.kind !== "file") return undefined;
  return (await files.readText(file))
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.trim();
}
