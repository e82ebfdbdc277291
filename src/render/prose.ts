import { hang } from "./layout.ts";
import { printableLines } from "./printable.ts";

/** Paragraphs are filled again; indented lines and lists stay as they are. */
export function prose(text: string, at: number, width: number): string[] {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) lines.push(...hang(" ".repeat(at), paragraph.join(" "), width));
    paragraph = [];
  };
  for (const line of printableLines(text.trim())) {
    if (/^(\s|[-*] |\d+\. |$)/.test(line)) {
      flush();
      const lead = /^\s*(?:[-*] |\d+\. )?/.exec(line)?.[0] ?? "";
      lines.push(...(line === "" ? [""] : hang(" ".repeat(at) + lead, line.slice(lead.length), width)));
    } else paragraph.push(line);
  }
  flush();
  return lines;
}
