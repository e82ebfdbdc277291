/** A name, and how it writes a value. The same value is always written the same: undo puts it back so. */
export type Spelling = readonly [name: string, write: (value: string) => string];
