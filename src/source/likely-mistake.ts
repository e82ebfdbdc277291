const habits: { readonly [word: string]: boolean } = { yes: true, y: true, on: true, no: false, n: false, off: false };

/**
 * What a reader used to YAML 1.1 probably meant by a value that did not fit: a phrase for a hint.
 * `raw` is the value's source text, where it is known.
 */
export function likelyMistake(value: unknown, raw?: string): string | undefined {
  if (typeof value === "string") {
    const meant = Object.hasOwn(habits, value.toLowerCase()) ? habits[value.toLowerCase()] : undefined;
    if (meant !== undefined) return `in YAML 1.2 \`${value}\` is a string; write ${meant}`;
    if (/^[0-9]+(_[0-9]+)+$/.test(value))
      return `in YAML 1.2 \`${value}\` is a string; write ${value.replaceAll("_", "")}`;
    return undefined;
  }
  if (typeof value === "number" && raw !== undefined && /^[-+]?0[0-9]+$/.test(raw)) {
    const digits = raw.replace(/^[-+]?0+/, "");
    const octal = /^[0-7]+$/.test(digits)
      ? `write 0o${digits} for octal ${Number.parseInt(digits, 8)} or quote it`
      : "quote it to keep the zeros";
    return `${raw} is the number ${value} in YAML 1.2; ${octal}`;
  }
  return undefined;
}
