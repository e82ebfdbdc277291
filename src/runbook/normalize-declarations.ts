import { compileTemplate } from "../expression/template.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import type { Connection, Deadline, RecoveryPoint, SecretDeclaration } from "./declarations.ts";
import type { Runbook } from "./runbook.ts";
import type { Languages } from "./scopes.ts";

const entries = (value: Json | undefined): [string, JsonObject][] =>
  isJsonObject(value) ? (Object.entries(value) as [string, JsonObject][]) : [];

/** Secrets, connections, deadlines and the recovery point of a runbook without mistakes. */
export function normalizeDeclarations(
  data: JsonObject,
  languages: Languages,
): Pick<Runbook, "secrets" | "connections" | "deadlines" | "recoveryPoint"> {
  const early = languages.of({ early: true });
  const point = data["recoveryPoint"];
  return {
    secrets: new Map(entries(data["secrets"]).map(([name, raw]) => [name, secretOf(raw)])),
    connections: new Map(
      entries(data["connections"]).map(([name, raw]): [string, Connection] => {
        const kind = Object.keys(raw)[0] as string;
        const written = raw[kind] ?? {};
        return [
          name,
          { kind, written, config: compileTemplate(languages.of({ early: true, secrets: true }), written) },
        ];
      }),
    ),
    deadlines: new Map(
      entries(data["deadlines"]).map(([name, raw]): [string, Deadline] => [
        name,
        {
          start: raw["start"] as string,
          ...(raw["end"] === undefined ? {} : { end: raw["end"] as string }),
          within: compileTemplate(early, raw["within"] as string),
          ...(raw["warnAt"] === undefined ? {} : { warnAt: compileTemplate(early, raw["warnAt"]) }),
          atLimit: (raw["atLimit"] as Deadline["atLimit"] | undefined) ?? "ask",
          ...(raw["message"] === undefined ? {} : { message: compileTemplate(early, raw["message"]) }),
        },
      ]),
    ),
    ...(isJsonObject(point) ? { recoveryPoint: recoveryPointOf(point, languages) } : {}),
  };
}

function secretOf(raw: JsonObject): SecretDeclaration {
  const { optional, description, ...source } = raw;
  return {
    source: source as unknown as SecretDeclaration["source"],
    optional: optional === true,
    ...(description === undefined ? {} : { description: description as string }),
  };
}

function recoveryPointOf(raw: JsonObject, languages: Languages): RecoveryPoint {
  const base = languages.of({});
  return {
    at: compileTemplate(base, raw["at"] as string),
    ...(raw["within"] === undefined ? {} : { within: compileTemplate(base, raw["within"]) }),
  };
}
