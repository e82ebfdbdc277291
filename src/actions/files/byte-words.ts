const units = ["bytes", "kB", "MB", "GB", "TB"];

/** A size for a person: "1 byte", "999 bytes", "12 MB", "1.2 GB" (powers of 1000). */
export function byteWords(count: number): string {
  if (count < 1000) return count === 1 ? "1 byte" : `${count} bytes`;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
