/** One HTTP exchange, without redirects. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: { readonly ca: string | undefined; readonly insecure: boolean };
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several of one name are joined by `, `. */
  readonly headers: Record<string, string>;
  /** Can be read once. Breaks with SendFailure. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that is not read to its end. */
  discard(): void;
}

/**
 * Why an exchange broke off.
 * - `not-sent`: the server was not reached, so nothing of the request was handled.
 * - `refused`: it was reached, but the request can't be made like this (a certificate, a bad header); nothing was handled.
 * - `lost`: the request may have been handled.
 */
export type SendState = "not-sent" | "refused" | "lost";

/** Thrown by the two ways to send, and judged by what the request was for. */
export class SendFailure extends Error {
  override readonly name = "SendFailure";
  readonly state: SendState;

  constructor(state: SendState, message: string) {
    super(message);
    this.state = state;
  }
}

/** Methods that only look. */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}
