/** What begins like a token in a text of somebody else is written with one colon more. */
export const tokenStart = "⟦belay-secret:";
const escapedStart = `${tokenStart}:`;

export interface Token {
  readonly secret: string;
  readonly form: string;
  /** How much of the form's beginning is left out, in units of the string. */
  readonly skip: number;
}

export const numberForm = "number";

/** encodeURIComponent leaves none of the characters that have a meaning in a token. */
export function writeToken({ secret, form, skip }: Token): string {
  return `${tokenStart}${encodeURIComponent(secret)}:${form}${skip > 0 ? `+${skip}` : ""}⟧`;
}

export function escapeTokens(text: string): string {
  return text.includes(tokenStart) ? text.replaceAll(tokenStart, escapedStart) : text;
}

const token = /⟦belay-secret:(?::|([^:⟧]+):([a-z0-9.-]+)(?:\+(\d+))?⟧)/g;

/** Puts back what stands for tokens, and takes the escapes away. */
export function readTokens(text: string, read: (token: Token) => string): string {
  if (!text.includes(tokenStart)) return text;
  return text.replace(token, (_whole, secret?: string, form = "", skip = "0") =>
    secret === undefined ? tokenStart : read({ secret: decodeURIComponent(secret), form, skip: Number(skip) }),
  );
}

/** The token that a text is, when it is nothing else. */
export function onlyToken(text: string): Token | undefined {
  if (!text.startsWith(tokenStart)) return undefined;
  const [match] = text.matchAll(token);
  const [whole, secret, form = "", skip = "0"] = match ?? [];
  if (whole !== text || secret === undefined) return undefined;
  return { secret: decodeURIComponent(secret), form, skip: Number(skip) };
}
