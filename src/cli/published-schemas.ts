import { catalog } from "../actions/catalog.ts";
import { runbookSchema, stepSchema } from "../runbook/envelope-schema.ts";
import type { Schema } from "../schema/define.ts";

/** Every schema whose check is compiled ahead of time, by the id that the checks are asked for with. */
export async function allSchemas(): Promise<{ id: string; schema: Schema }[]> {
  const schemas: { id: string; schema: Schema }[] = [
    { id: "runbook", schema: runbookSchema },
    { id: "step", schema: stepSchema },
  ];
  for (const name of catalog.kinds) {
    const kind = await catalog.loadKind(name);
    if (kind) schemas.push({ id: `connection-${name}`, schema: kind.config });
  }
  for (const name of catalog.names) {
    const action = await catalog.load(name);
    if (action) schemas.push({ id: `action-${name}`, schema: action.input });
  }
  return schemas;
}
