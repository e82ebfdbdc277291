import { type HttpRequest, type HttpResponse, isSafe } from "./request.ts";
import { toSendFailure } from "./send-failure.ts";

/**
 * Whether fetch is enough. It can't trust other authorities, nor send a body with a GET; and of a change it does not tell
 * whether anything was sent before the connection broke.
 */
export function canFetch({ tls, method, body }: HttpRequest): boolean {
  return tls.ca === undefined && !tls.insecure && body === undefined && isSafe(method);
}

/** undefined for a port that browsers, and so fetch, shun. */
export async function sendWithFetch({ url, method, headers, signal }: HttpRequest): Promise<HttpResponse | undefined> {
  try {
    const response = await fetch(url, { method, headers, signal, redirect: "manual" });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: chunks(response),
      discard: () => void response.body?.cancel().catch(() => {}),
    };
  } catch (error) {
    if (error instanceof TypeError && (error.cause as Error | undefined)?.message === "bad port") return undefined;
    throw toSendFailure(error, undefined);
  }
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  try {
    yield* response.body;
  } catch (error) {
    throw toSendFailure(error, true);
  }
}
