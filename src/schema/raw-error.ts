/** An error as ajv's validators report it; the compiled ones and those made at run time alike. */
export interface RawError {
  readonly keyword: string;
  /** A JSON pointer into the value. */
  readonly instancePath: string;
  /** `#/` and a JSON pointer into the schema. */
  readonly schemaPath: string;
  readonly params: { readonly [name: string]: unknown };
}

/** A validator: false, with `errors` on itself, when the value does not fit. */
export interface Validate {
  (value: unknown): boolean;
  errors?: readonly RawError[] | null;
}
