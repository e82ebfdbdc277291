import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import type { Operator } from "./approval-person.ts";

/** What people are asked to approve. It does not change while it waits, but for operators who join the run. */
export interface ApprovalQuestion {
  /** The key of the asking attempt. */
  readonly id: string;
  readonly run: string;
  readonly runbook: { readonly name: string; readonly title: string; readonly version: string };
  /** The step's address, such as `sites[eu]/stop`. */
  readonly step: string;
  readonly title: string;
  readonly message: string;
  /** The step's `with`, with all values; secrets are masked. */
  readonly input: Json;
  readonly target: readonly { readonly connection: string; readonly summary: string }[];
  /** How many people must approve. */
  readonly approvers: number;
  readonly notBy?: "operator";
  /** Everybody who worked on the run. */
  readonly operators: readonly Operator[];
  /** UTC, ISO 8601. */
  readonly askedAt: string;
  readonly until?: string;
}

export interface ApprovalRequest extends ApprovalQuestion {
  readonly v: 1;
  /** SHA-256, hex, over everything but the operators: a verdict stands when another operator goes on with the run. */
  readonly digest: string;
}

/** The request of a question. Two questions have the same digest when they ask the same at the same time. */
export function requestOf(question: ApprovalQuestion): ApprovalRequest {
  const { id, run, runbook, step, title, message, input, target, approvers, notBy, operators, askedAt, until } =
    question;
  const asked = {
    v: 1 as const,
    id,
    run,
    runbook: { name: runbook.name, title: runbook.title, version: runbook.version },
    step,
    title,
    message,
    input,
    target: target.map(({ connection, summary }) => ({ connection, summary })),
    approvers,
    ...(notBy === undefined ? {} : { notBy }),
    askedAt,
    ...(until === undefined ? {} : { until }),
  };
  const digest = createHash("sha256").update(JSON.stringify(asked)).digest("hex");
  return { ...asked, operators, digest };
}

/** The request that a text holds, or why it holds none. */
export function parseRequest(text: string): ApprovalRequest | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isJsonObject(data)) return "it is not a request";
  if (typeof data["v"] === "number" && data["v"] > 1) return "it was written by a newer belay";
  if (data["v"] !== 1 || !isQuestion(data)) return "it is not a request";
  const request = requestOf(data as unknown as ApprovalQuestion);
  return request.digest === data["digest"] ? request : "its digest does not fit: it was changed";
}

const texts = (value: Json | undefined, ...keys: string[]): boolean =>
  isJsonObject(value) && keys.every((key) => typeof value[key] === "string");

const isTime = (value: Json | undefined): boolean => typeof value === "string" && !Number.isNaN(Date.parse(value));

function isQuestion(data: JsonObject): boolean {
  const { runbook, input, target, approvers, notBy, operators, askedAt, until } = data;
  return (
    texts(data, "id", "run", "step", "title", "message") &&
    texts(runbook, "name", "title", "version") &&
    input !== undefined &&
    Array.isArray(target) &&
    target.every((one) => texts(one, "connection", "summary")) &&
    typeof approvers === "number" &&
    Number.isInteger(approvers) &&
    approvers >= 1 &&
    (notBy === undefined || notBy === "operator") &&
    Array.isArray(operators) &&
    operators.every((one) => texts(one, "user") && ["uid", "sudoUid"].every((key) => isId(one, key))) &&
    isTime(askedAt) &&
    (until === undefined || isTime(until))
  );
}

function isId(value: Json, key: string): boolean {
  const id = isJsonObject(value) ? value[key] : undefined;
  return id === undefined || (typeof id === "number" && Number.isInteger(id));
}
