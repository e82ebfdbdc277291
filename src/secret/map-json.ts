export interface JsonMapper {
  key(key: string): string;
  text(text: string): string | number;
  number(number: number): string | number;
}

/**
 * Plain data with every text, key and number mapped. What does not change keeps its identity; what is not plain data
 * (a Date, a Buffer) is left alone.
 */
export function mapJson<T>(value: T, mapper: JsonMapper): T {
  return mapValue(value, mapper) as T;
}

function mapValue(value: unknown, mapper: JsonMapper): unknown {
  if (typeof value === "string") return mapper.text(value);
  if (typeof value === "number") return mapper.number(value);
  if (Array.isArray(value)) return mapList(value, mapper);
  return isPlain(value) ? mapObject(value, mapper) : value;
}

function mapList(list: readonly unknown[], mapper: JsonMapper): readonly unknown[] {
  let changed: unknown[] | undefined;
  list.forEach((item, index) => {
    const mapped = mapValue(item, mapper);
    if (Object.is(mapped, item)) return;
    changed ??= [...list];
    changed[index] = mapped;
  });
  return changed ?? list;
}

function mapObject(object: { readonly [key: string]: unknown }, mapper: JsonMapper): unknown {
  let changed = false;
  const entries = Object.entries(object).map(([key, item]): [string, unknown] => {
    const name = mapper.key(key);
    const mapped = mapValue(item, mapper);
    if (name !== key || !Object.is(mapped, item)) changed = true;
    return [name, mapped];
  });
  return changed ? Object.fromEntries(distinct(entries)) : object;
}

/** Two keys that are masked to the same text stay two. */
function distinct(entries: readonly [string, unknown][]): [string, unknown][] {
  const seen = new Set<string>();
  return entries.map(([key, item]) => {
    let name = key;
    for (let number = 2; seen.has(name); number++) name = `${key} (${number})`;
    seen.add(name);
    return [name, item];
  });
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
