import { type HttpRequest, type HttpResponse, isSafe, SendFailure } from "./request.ts";
import { canFetch, sendWithFetch } from "./send-fetch.ts";
import { sendWithNode } from "./send-node.ts";

const mostRedirects = 5;

/** What another host may know of a request. Anything else can be a key or a session. */
const harmless = new Set(["accept", "accept-language", "content-language", "content-type", "user-agent"]);

export interface Exchange {
  readonly url: URL;
  readonly response: HttpResponse;
}

/**
 * Sends a request and follows redirects as browsers do, but never from https to http. `asked` statuses are answers in
 * themselves: they are not followed.
 */
export async function exchange(first: HttpRequest, asked: readonly number[]): Promise<Exchange> {
  let request = first;
  let handled = false;
  for (let hops = 0; ; hops++) {
    const response = await send(request).catch((error) => {
      throw hops === 0 ? error : afterRedirect(error, request.url, handled);
    });
    const target = redirectTarget(request, response, asked);
    if (target === undefined) return { url: request.url, response };
    response.discard();
    // With 307 and 308 the server sends the request on as it is; with the others it has handled it already.
    if (response.status < 307 && !isSafe(request.method)) handled = true;
    const state = handled ? "lost" : "refused";
    if (hops === mostRedirects) throw new SendFailure(state, `it redirected more than ${mostRedirects} times`);
    if (request.url.protocol === "https:" && target.protocol === "http:") {
      throw new SendFailure(state, `it redirects to ${target.origin}, from https to http, which is not followed`);
    }
    if (target.protocol !== "https:" && target.protocol !== "http:") {
      throw new SendFailure(state, `it redirects to ${target.protocol}, which is not followed`);
    }
    request = redirected(request, response.status, target);
  }
}

async function send(request: HttpRequest): Promise<HttpResponse> {
  if (!canFetch(request)) return sendWithNode(request);
  return (await sendWithFetch(request)) ?? sendWithNode(request);
}

function redirectTarget(
  { url }: HttpRequest,
  { status, headers }: HttpResponse,
  asked: readonly number[],
): URL | undefined {
  const location = headers["location"];
  if (location === undefined || asked.includes(status) || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  return URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}

function redirected(request: HttpRequest, status: number, url: URL): HttpRequest {
  const sameOrigin = url.origin === request.url.origin;
  const { method } = request;
  const becomesGet = (status === 303 && method !== "GET" && method !== "HEAD") || (status < 303 && method === "POST");
  const kept = Object.entries(request.headers).filter(
    ([name]) => (sameOrigin || harmless.has(name)) && !(becomesGet && name.startsWith("content-")),
  );
  const headers = Object.fromEntries(kept);
  return { ...request, url, headers, ...(becomesGet && { method: "GET", body: undefined }) };
}

function afterRedirect(error: unknown, to: URL, handled: boolean): unknown {
  if (!(error instanceof SendFailure)) return error;
  return new SendFailure(handled ? "lost" : error.state, `redirected to ${to.origin}${to.pathname}: ${error.message}`);
}
