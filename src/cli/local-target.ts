import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Target } from "../plan/plan.ts";

/** This machine's identity. */
export function localTarget(): Target {
  try {
    return { host: hostname(), machine: readFileSync("/etc/machine-id", "utf8").trim() };
  } catch {
    return { host: hostname() };
  }
}
