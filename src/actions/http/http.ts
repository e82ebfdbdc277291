import { defineVouchable } from "../../action/define-action.ts";
import { type HttpInput, httpInput, httpResult } from "./http-shape.ts";
import { judgeStatus } from "./judge-status.ts";
import { performRequest } from "./perform-request.ts";
import { isSafe } from "./request.ts";

export const httpAction = defineVouchable({
  name: "http",
  summary: "Send an HTTP request",
  description: `A GET, HEAD or OPTIONS only looks; a POST that only looks (a search) wants \`reads: true\`. A connection that is refused
is worth a retry; so is a GET that is answered 408, 425, 429, 502, 503 or 504. A connection that is lost after a change
was sent leaves the step in doubt, and so does a gateway's 502 or 504: the server may have done it. At most five
redirects are followed, and none from https to http.`,
  example: `url: https://localhost:9443/api/health-check/v1.0/health
headers: { Accept: application/json }
expectStatus: [200]
tls: { ca: /etc/pki/wso2.pem }
`,
  repeatable: false,
  input: httpInput,
  result: httpResult,
  reads: onlyLooks,
  async run(given, context) {
    const effect = onlyLooks(given) ? "look" : "change";
    const result = await performRequest(given, effect, context);
    judgeStatus(given, result, effect);
    return result;
  },
  probe: (given, context) => performRequest(given, "look", context),
  judge: (given, result) => judgeStatus(given, result, "look"),
});

function onlyLooks({ method = "GET" }: HttpInput): boolean {
  return isSafe(method);
}
