import { SendFailure } from "./request.ts";

const notReached: { readonly [code: string]: string } = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "there is no such host name",
  EAI_AGAIN: "the host name can't be looked up just now",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to its network",
  EHOSTDOWN: "the host is down",
  UND_ERR_CONNECT_TIMEOUT: "it did not accept the connection in time",
};

const lost: { readonly [code: string]: string } = {
  ECONNRESET: "the connection was closed by the other side",
  UND_ERR_SOCKET: "the connection was closed by the other side",
  EPIPE: "the connection was closed by the other side",
  ECONNABORTED: "the connection was broken off",
  ETIMEDOUT: "the connection timed out",
};

const unknownAuthority = /^(DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_)/;
const certificates = /^(CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_)/;

/**
 * Puts a fault of the network into words. `connected` says whether the connection stood, TLS included, where that is
 * known: before it does, nothing of the request was sent.
 */
export function toSendFailure(thrown: unknown, connected: boolean | undefined): SendFailure {
  if (thrown instanceof SendFailure) return thrown;
  const cause = innermost(thrown);
  const code = typeof cause["code"] === "string" ? cause["code"] : "";
  const message = typeof cause["message"] === "string" ? cause["message"] : String(thrown);
  if (unknownAuthority.test(code)) {
    return new SendFailure(
      "refused",
      `its certificate can't be verified (${message}); \`tls.ca\` names the authority to trust`,
    );
  }
  if (certificates.test(code)) return new SendFailure("refused", `its certificate is not valid (${message})`);
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return new SendFailure("refused", "it does not speak TLS on this port");
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return new SendFailure(connected ? "lost" : "refused", `TLS failed (${message})`);
  }
  if (code.startsWith("HPE_") || code.startsWith("UND_ERR_HTTP_PARSER")) {
    return new SendFailure("lost", `what it answered is not HTTP (${message})`);
  }
  if (code in notReached) return new SendFailure("not-sent", notReached[code] ?? code);
  if (code.startsWith("ERR_INVALID_") || code === "ERR_UNESCAPED_CHARACTERS")
    return new SendFailure("refused", message);
  return new SendFailure(connected === false ? "not-sent" : "lost", lost[code] ?? message);
}

/** fetch wraps the reason in a TypeError, and a host with several addresses gives an AggregateError. */
function innermost(thrown: unknown): Record<string, unknown> {
  let error = Object(thrown) as Record<string, unknown>;
  for (let depth = 0; depth < 5; depth++) {
    const inner = error["cause"] ?? (Array.isArray(error["errors"]) ? error["errors"][0] : undefined);
    if (typeof inner !== "object" || inner === null) break;
    error = inner as Record<string, unknown>;
  }
  return error;
}
