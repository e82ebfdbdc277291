import type { Schema } from "../schema/define.ts";

export const text = (description: string) => ({ type: "string", description }) as const;
export const count = (description: string) => ({ type: "integer", description, minimum: 0 }) as const;
export const json = (description: string) => ({ description }) as const;
export const list = (description: string) => ({ type: "array", items: { type: "string" }, description }) as const;

export const stepKeys = {
  step: text("The step's id."),
  key: text("This attempt of the step, such as `load#2`."),
} as const;

export const person = {
  type: "object",
  additionalProperties: false,
  required: ["user", "host", "pid"],
  properties: {
    user: text("The operator's login name."),
    host: text("The machine that belay ran on."),
    pid: { type: "integer", description: "Process id of belay." },
  },
} as const;

export const program = {
  type: "object",
  additionalProperties: false,
  required: ["belay", "node"],
  properties: { belay: text("Version of belay."), node: text("Version of Node.") },
} as const;

export const section = {
  type: "string",
  enum: ["preflight", "steps", "finally"],
  description: "The part of the runbook.",
} as const;

export function event<const R extends readonly string[], const P extends { readonly [key: string]: Schema }>(
  description: string,
  required: R,
  properties: P,
) {
  return { type: "object", description, additionalProperties: false, required, properties } as const;
}

export const includedRunbook = {
  type: "object",
  additionalProperties: false,
  required: ["from", "written", "name", "file", "digest"],
  properties: {
    from: text("SHA-256 of the runbook that includes it."),
    written: text("What that runbook writes."),
    name: text("Its name."),
    file: text("The file it was read from."),
    digest: text("SHA-256 of its text."),
  },
} as const;

export const outputDigest = {
  type: "object",
  additionalProperties: false,
  required: ["bytes", "sha256"],
  properties: { bytes: count("Its length."), sha256: text("Its SHA-256, hex.") },
} as const;
