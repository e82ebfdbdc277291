import { STATUS_CODES } from "node:http";
import { ActionFailure, type FailureKind } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";
import type { HttpInput, HttpResult } from "./http-shape.ts";

const shownLines = 10;

/** Throws when the status is none of those that mean success. */
export function judgeStatus({ url, expectStatus }: HttpInput, result: HttpResult, effect: "look" | "change"): void {
  const { status } = result;
  if (expectStatus === undefined ? status >= 200 && status < 300 : expectStatus.includes(status)) return;
  const from = result.url === new URL(url).href ? "" : ` (redirected from ${urlForPeople(new URL(url))})`;
  const answered = `${urlForPeople(new URL(result.url))} answered ${statusText(status)}${from}`;
  const kind = kindOf(status, effect);
  const sentence =
    kind === "in-doubt" ? `${answered}: whether the server behind it did what was asked is not known` : answered;
  throw new ActionFailure(kind, sentence, isText(result) ? lastLines(result.body, shownLines) : []);
}

/** "503 Service Unavailable" */
export function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
}

/** Without the query, where people put tokens. */
export function urlForPeople(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function kindOf(status: number, effect: "look" | "change"): FailureKind {
  // A gateway that lost its server, or waited too long for it, does not know what the server did.
  if (effect === "change") return status === 502 || status === 504 ? "in-doubt" : "failed";
  return [408, 425, 429, 502, 503, 504].includes(status) ? "retry" : "failed";
}

/** A page made for browsers says nothing to a person at a terminal. */
function isText({ headers }: HttpResult): boolean {
  return !/html|octet-stream|image/.test(headers["content-type"] ?? "");
}
