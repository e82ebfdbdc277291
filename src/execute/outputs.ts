import { renderTemplate } from "../expression/template.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import type { JsonObject } from "../schema/json.ts";
import type { Session } from "./session.ts";

/** What a runbook hands on. One that can't be told is null: everything is done by then, and that stays so. */
export function outputsOf(session: Session): JsonObject {
  const outputs: JsonObject = {};
  for (const [name, template] of session.runbook.outputs) {
    try {
      outputs[name] = renderTemplate(template, scopeOf(session.values));
    } catch (error) {
      outputs[name] = null;
      const step = session.prefix.replace(/\/$/, "");
      session.emit({ type: "note", step, key: step, line: `output ${name} is not known: ${sentence(error)}` });
    }
  }
  return outputs;
}
