import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { HttpRequest, HttpResponse } from "./request.ts";
import { toSendFailure } from "./send-failure.ts";

/** Every request has a connection of its own, so that a change never meets one that the server closed while it was idle. */
export function sendWithNode({ url, method, headers, body, tls, signal }: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const options = { method, headers: withLength(headers, body), agent: false as const, signal };
    let connected = false;
    const fail = (error: unknown) => reject(toSendFailure(error, connected));
    let request: ClientRequest;
    try {
      request = secure
        ? httpsRequest(url, {
            ...options,
            ...(tls.ca !== undefined && { ca: tls.ca }),
            rejectUnauthorized: !tls.insecure,
          })
        : httpRequest(url, options);
    } catch (error) {
      fail(error);
      return;
    }
    request.on("socket", (socket: Socket) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    request.on("error", fail);
    request.on("response", (response) => resolve(toResponse(response)));
    request.end(body);
  });
}

function withLength(headers: HttpRequest["headers"], body: string | undefined): Record<string, string> {
  return { ...headers, ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }) };
}

function toResponse(response: IncomingMessage): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : (value ?? "");
  // A body that nobody reads must not end the program when its connection breaks.
  response.on("error", () => {});
  return {
    status: response.statusCode ?? 0,
    headers,
    body: chunks(response),
    discard: () => void response.destroy(),
  };
}

async function* chunks(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw toSendFailure(error, true);
  }
}
