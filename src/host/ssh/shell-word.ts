/** The variable that holds a newline in every script that is sent: a script is one line. */
export const newlineVariable = `__n=$(printf '\\nx'); __n=\${__n%x}`;

/** A word for sh that stands for exactly this text, on one line. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''").replaceAll("\n", `'"$__n"'`)}'`;
}
