import { isJsonObject } from "../../schema/json.ts";
import { yamlHabit } from "../describe-problem.ts";
import type { Draft } from "../draft.ts";
import { inputTypes } from "../envelope-schema.ts";
import { acceptValue } from "../input-value.ts";
import type { InputDeclaration } from "../runbook.ts";

const nameRule = /^[a-z][A-Za-z0-9_]*$/;

/** Inputs have names that expressions can say, patterns that compile, and defaults that they accept themselves. */
export async function checkInputs(draft: Draft): Promise<void> {
  const inputs = draft.data["inputs"];
  if (!isJsonObject(inputs)) return;
  for (const [name, raw] of Object.entries(inputs)) {
    if (!nameRule.test(name))
      draft.error(
        "input-name",
        draft.document.locateKey(["inputs"], name),
        `an expression can't say the name \`${name}\``,
        "letters, digits and _, and a small letter first",
      );
    if (!isJsonObject(raw) || !inputTypes.includes(raw["type"] as (typeof inputTypes)[number])) continue;
    const declaration = raw as unknown as InputDeclaration;
    if (declaration.pattern !== undefined && !compiles(declaration.pattern)) {
      draft.error(
        "bad-pattern",
        draft.document.locate(["inputs", name, "pattern"]),
        "this is not a regular expression",
      );
      continue;
    }
    if (declaration.default === undefined) continue;
    const at = ["inputs", name, "default"];
    const accepted = await acceptValue(name, declaration, declaration.default);
    if (!("problem" in accepted)) {
      const written = draft.document.raw(at) ?? "";
      if (typeof declaration.default === "number" && /^[+-]?0\d/.test(written))
        draft.warn(
          "leading-zero",
          draft.document.locate(at),
          `${written} is the number ${declaration.default} in YAML 1.2`,
          `write ${declaration.default}, or 0o${written.replace(/^[+-]?0+/, "")} for octal`,
        );
      continue;
    }
    draft.error(
      "bad-default",
      draft.document.locate(at),
      `the default of \`${name}\` ${accepted.problem}`,
      yamlHabit(declaration.default, [declaration.type], draft.document.raw(at)),
    );
  }
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
