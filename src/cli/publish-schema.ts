import { journalEvents } from "../event/event-schema.ts";
import { passingEvents } from "../event/passing-events.ts";
import { eventFormat } from "../render/ndjson-view.ts";
import { type JsonSchema, runbookForEditors, schemaDraft } from "./editors-schema.ts";

/** Every line of `--output ndjson`. */
function eventLines(): JsonSchema {
  const variants = Object.entries({ ...journalEvents, ...passingEvents }).map(([type, schema]) => ({
    ...schema,
    required: [...new Set(["v", "run", "at", "type", ...schema.required])],
    properties: {
      v: { const: eventFormat },
      run: { type: "string" },
      at: { type: "string" },
      type: { const: type },
      ...schema.properties,
    },
  }));
  return {
    $schema: schemaDraft,
    title: "belay event line, version 1",
    type: "object",
    required: ["type"],
    discriminator: { propertyName: "type" },
    oneOf: variants,
  };
}

/** The published schemas by name. `schemas/` holds them as files; a test holds the two together. */
export async function publishedSchemas(): Promise<{ [name: string]: JsonSchema }> {
  return { runbook: await runbookForEditors(), event: eventLines() };
}
