import type { IncomingMessage, ServerResponse } from "node:http";

/** A request as it came in. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the servers of a test were asked, in order. */
export const seen: Seen[] = [];
/** Answers by path: /status/404, /json, /redirect/302?to=…, /loop/0, /big, /half, /slow, and hello for the rest. */
export async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { method = "", url = "", headers } = request;
  seen.push({ method, url, headers, body });
  const [, verb = "", rest = ""] = /^\/([a-z]+)\/?([^?]*)/.exec(url) ?? [];
  const to = new URL(url, "http://x").searchParams.get("to") ?? "";
  if (verb === "status") response.writeHead(Number(rest), { "content-type": "text/plain" }).end("one\ntwo\n");
  else if (verb === "json")
    response.writeHead(200, { "content-type": "application/problem+json; charset=utf-8" }).end(rest || '{"a":[1]}');
  else if (verb === "redirect") response.writeHead(Number(rest), { location: to }).end();
  else if (verb === "loop") response.writeHead(302, { location: `/loop/${Number(rest) + 1}` }).end();
  else if (verb === "big") response.end("é".repeat(1_000_000));
  else if (verb === "half")
    response.writeHead(200, { "content-length": "1000" }).write("half", () => response.destroy());
  else if (verb === "slow") setTimeout(() => response.end("late"), 3000).unref();
  else response.writeHead(200, { "x-two": ["1", "2"] }).end("hello");
}
