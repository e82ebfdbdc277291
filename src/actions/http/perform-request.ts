import { StringDecoder } from "node:string_decoder";
import type { ReadContext } from "../../action/context.ts";
import { formatDuration, parseDuration } from "../../action/duration.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Json } from "../../schema/json.ts";
import { exchange } from "./exchange.ts";
import type { HttpInput, HttpResult } from "./http-shape.ts";
import { statusText, urlForPeople } from "./judge-status.ts";
import { type HttpResponse, SendFailure } from "./request.ts";
import { toRequest } from "./to-request.ts";

const keptBytes = 1024 * 1024;
const defaultTimeout = 30_000;
const longestTimeout = 2 ** 31 - 1;

/** Sends the request and reads the answer, whatever its status. */
export async function performRequest(
  given: HttpInput,
  effect: "look" | "change",
  context: ReadContext,
): Promise<HttpResult> {
  const timeout = Math.min(parseDuration(given.timeout ?? "") ?? defaultTimeout, longestTimeout);
  const late = AbortSignal.timeout(timeout);
  const signal = AbortSignal.any([late, context.signal]);
  const request = await toRequest(given, context, signal);
  const why = (fallback: string) => {
    if (context.signal.aborted) return "the step was ended before the answer was there";
    return late.aborted ? `there was no answer within ${formatDuration(timeout)}` : fallback;
  };
  let answered = "";
  try {
    const { url: from, response } = await exchange(request, given.expectStatus ?? []);
    answered = ` answered ${statusText(response.status)}, but`;
    const { text, truncated } = await readBody(response);
    const json = truncated ? null : parseJson(response.headers["content-type"], text);
    return { status: response.status, headers: response.headers, body: text, truncated, json, url: from.href };
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error;
    const sentence = `${urlForPeople(request.url)}${answered || ":"} ${why(error.message)}`;
    throw failure(sentence, error.state, effect, context.signal.aborted);
  }
}

function failure(
  sentence: string,
  state: SendFailure["state"],
  effect: "look" | "change",
  ended: boolean,
): ActionFailure {
  if (effect === "look") return new ActionFailure(ended || state === "refused" ? "failed" : "retry", sentence);
  if (state === "lost")
    return new ActionFailure("in-doubt", `${sentence}; whether the server did what was asked is not known`);
  return new ActionFailure(ended || state === "refused" ? "failed" : "retry", `${sentence}; nothing was changed`);
}

async function readBody(response: HttpResponse): Promise<{ text: string; truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    parts.push(chunk);
    size += chunk.length;
    if (size > keptBytes) break;
  }
  const truncated = size > keptBytes;
  if (truncated) response.discard();
  const bytes = Buffer.concat(parts).subarray(0, keptBytes);
  // A character that the cut went through is left out.
  return { text: truncated ? new StringDecoder("utf8").write(bytes) : bytes.toString("utf8"), truncated };
}

function parseJson(contentType: string | undefined, text: string): Json {
  if (!/[/+]json\b/i.test(contentType ?? "")) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
