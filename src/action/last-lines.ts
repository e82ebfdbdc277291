const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/g;

/**
 * The last lines of what a program printed, safe to show: no escape sequences, no control characters, no empty lines.
 * A carriage return begins a line, so that of a progress bar only its newest state counts.
 */
export function lastLines(text: string, count: number, width = 200): string[] {
  const found: string[] = [];
  const raw = text.split(/\r\n|\n|\r/);
  for (let i = raw.length - 1; i >= 0 && found.length < count; i--) {
    // Cut before it is cleaned: one line can be megabytes long.
    const whole = raw[i] ?? "";
    const line = whole
      .slice(0, width * 8)
      .replace(escapes, "")
      .replaceAll("\t", " ")
      .replace(controls, "")
      .trimEnd();
    if (line.trim() === "") continue;
    const characters = [...line];
    // What is cut says so: the beginning of a secret is known for one by that.
    const fits = characters.length <= width && whole.length <= width * 8;
    found.unshift(fits ? line : `${characters.slice(0, width - 1).join("")}…`);
  }
  return found;
}
