import { durationPattern } from "../../action/duration.ts";
import type { Typed } from "../../schema/define.ts";

export const httpInput = {
  type: "object",
  properties: {
    url: {
      type: "string",
      pattern: "^https?://",
      description: "http or https; without a user and password, which go in a header",
    },
    method: {
      enum: ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"],
      default: "GET",
      description: "GET, HEAD and OPTIONS only look; the others change something",
    },
    headers: {
      type: "object",
      additionalProperties: { type: ["string", "integer", "number", "boolean"] },
      description: "Headers to send. On a redirect to another host only the harmless ones go along",
    },
    body: { type: ["string", "object", "array"], description: "Text as it is, or a value that is sent as JSON" },
    timeout: {
      type: "string",
      pattern: durationPattern,
      default: "30s",
      description: "For the whole exchange, such as 30s or 2m",
    },
    expectStatus: {
      type: "array",
      items: { type: "integer", minimum: 100, maximum: 599 },
      minItems: 1,
      description:
        "The statuses that mean success; 200 to 299 by default. A redirect that is named here is not followed",
    },
    tls: {
      type: "object",
      properties: {
        ca: {
          type: "string",
          minLength: 1,
          description: "A PEM file with the authority, or the self-signed certificate, to trust",
        },
        insecure: {
          type: "boolean",
          default: false,
          description: "Trust any certificate. Whoever sits in between can read and change everything",
        },
      },
      additionalProperties: false,
      description: "How the server's certificate is verified",
    },
  },
  required: ["url"],
  additionalProperties: false,
} as const;

export const httpResult = {
  type: "object",
  properties: {
    status: { type: "integer", description: "Such as 200" },
    headers: { type: "object", additionalProperties: { type: "string" }, description: "Names in lower case" },
    body: { type: "string", description: "At most 1 MiB" },
    truncated: { type: "boolean", description: "True when the body was longer" },
    json: { description: "The body when it is JSON and says so in its content-type; else null" },
    url: { type: "string", description: "Where the answer came from, after redirects" },
  },
  required: ["status", "headers", "body", "truncated", "json", "url"],
  additionalProperties: false,
} as const;

export type HttpInput = Typed<typeof httpInput>;
export type HttpResult = Typed<typeof httpResult>;
