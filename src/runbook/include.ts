import { createHash } from "node:crypto";
import type { Runbook } from "./runbook.ts";

/** A runbook's file that another one includes. */
export interface IncludedFile {
  readonly file: string;
  readonly text: string;
}

/** Where included runbooks are read from: the disk, or what a run has frozen. */
export interface IncludeSource {
  /** `from`: the file and the digest of the text that includes. */
  read(
    written: string,
    from: { readonly file: string; readonly digest: string },
  ): Promise<IncludedFile | { readonly problem: string; readonly hint?: string }>;
}

/** One use of an included runbook, as a run freezes it. */
export interface Included {
  /** Digest of the text that includes it. */
  readonly from: string;
  readonly written: string;
  readonly runbook: Runbook;
}

export function digestOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** All runbooks that a runbook includes, also through others; each use once. */
export function includesOf(runbook: Runbook): Included[] {
  const found = new Map<string, Included>();
  const visit = (one: Runbook): void => {
    for (const [written, runbook] of one.includes) {
      const key = `${one.digest} ${written}`;
      if (found.has(key)) continue;
      found.set(key, { from: one.digest, written, runbook });
      visit(runbook);
    }
  };
  visit(runbook);
  return [...found.values()];
}
