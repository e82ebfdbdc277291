import { validateHeaderName, validateHeaderValue } from "node:http";
import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { HttpInput } from "./http-shape.ts";
import type { HttpRequest } from "./request.ts";

/** Throws ActionFailure (`wrong-input`) for what can't be sent. */
export async function toRequest(given: HttpInput, context: ReadContext, signal: AbortSignal): Promise<HttpRequest> {
  const { body, method = "GET", headers = {}, tls } = given;
  const isValue = body !== undefined && typeof body !== "string";
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), headerValue(name, String(value))]);
  return {
    url: targetUrl(given.url),
    method,
    headers: {
      "user-agent": "belay",
      ...(isValue && { "content-type": "application/json" }),
      ...Object.fromEntries(named),
    },
    body: isValue ? JSON.stringify(body) : body,
    tls: { ca: await readAuthority(given, context), insecure: tls?.insecure ?? false },
    signal,
  };
}

function targetUrl(text: string): URL {
  if (!URL.canParse(text)) throw new ActionFailure("wrong-input", `this is not a URL: ${text}`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    throw new ActionFailure(
      "wrong-input",
      `the URL of ${url.host} holds a user or password; give them in the header Authorization`,
    );
  }
  return url;
}

function headerValue(name: string, value: string): string {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return value;
  } catch {
    throw new ActionFailure(
      "wrong-input",
      `the header ${JSON.stringify(name)} can't be sent: it holds a line break or another character that HTTP does not allow`,
    );
  }
}

async function readAuthority({ tls }: HttpInput, context: ReadContext): Promise<string | undefined> {
  if (tls?.ca === undefined) return undefined;
  const path = context.resolvePath(tls.ca);
  const text = await context.files.readText(path);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new ActionFailure("wrong-input", `${path} holds no certificate in PEM form`);
}
