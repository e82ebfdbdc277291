import { Ajv } from "ajv";
import type { Schema } from "./define.ts";
import type { Validate } from "./raw-error.ts";

let ajv: Ajv | undefined;

/** Compiles a schema at run time: for the schemas that authors write, and where no build has been made. */
export function compileNow(schema: Schema): Validate {
  ajv ??= new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true, messages: false });
  return ajv.compile(schema) as Validate;
}
