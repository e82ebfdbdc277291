import { test } from "uvu";
import * as assert from "uvu/assert";
import { httpAction } from "../../../src/actions/http/http.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { answer, seen } from "../../support/http-answers.ts";
import { closedPort, httpServer, httpsServer, type TestServer } from "../../support/http-servers.ts";

let context: TestContext;
let plain: TestServer;
let other: TestServer;
let secure: Awaited<ReturnType<typeof httpsServer>>;

test.before(async () => {
  context = await actionContext();
  plain = await httpServer(answer);
  other = await httpServer(answer);
  secure = await httpsServer(context.folder, answer);
});
test.after(async () => {
  await Promise.all([plain.close(), other.close(), secure.close()]);
  await context.remove();
});
test.before.each(() => {
  seen.length = 0;
});

const send = async (input: JsonObject) => (await httpAction.run(input, context)) as JsonObject;
const failing = (input: JsonObject) => failureOf(send(input));

test("follows redirects as browsers do", async () => {
  const expected = {
    301: ["POST", "GET", ""],
    302: ["POST", "GET", ""],
    303: ["PUT", "GET", ""],
    307: ["PUT", "PUT", "x"],
    308: ["POST", "POST", "x"],
  };
  for (const [status, [method, then, body]] of Object.entries(expected)) {
    seen.length = 0;
    const result = await send({ url: `${plain.url}/redirect/${status}?to=/end`, method: method as string, body: "x" });
    assert.is(result["url"], `${plain.url}/end`);
    assert.equal([seen[1]?.method, seen[1]?.body], [then, body], status);
  }
});

test("keys stay with the host that they were meant for", async () => {
  const headers = { Authorization: "Bearer s", Cookie: "s", "X-Api-Key": "s", Accept: "text/plain" };
  await send({ url: `${plain.url}/redirect/302?to=/end`, headers });
  assert.is(seen[1]?.headers["authorization"], "Bearer s");
  seen.length = 0;
  await send({ url: `${plain.url}/redirect/307?to=${other.url}/end`, headers });
  const { authorization, cookie, accept, "x-api-key": key } = seen[1]?.headers ?? {};
  assert.equal([authorization, cookie, key, accept], [undefined, undefined, undefined, "text/plain"]);
});

test("never from https to http", async () => {
  const tls = { ca: secure.cert };
  const look = await failing({ url: `${secure.url}/redirect/302?to=${plain.url}/end`, tls });
  assert.is(look.kind, "failed");
  assert.match(look.message, /from https to http, which is not followed$/);
  const handled = await failing({ url: `${secure.url}/redirect/302?to=${plain.url}/end`, tls, method: "POST" });
  assert.is(handled.kind, "in-doubt", "the server may have done it before it redirected");
  assert.is(
    (await failing({ url: `${secure.url}/redirect/307?to=${plain.url}/end`, tls, method: "POST" })).kind,
    "failed",
  );
  assert.not.ok(seen.some(({ url }) => url === "/end"));
});

test("at most five redirects", async () => {
  assert.match((await failing({ url: `${plain.url}/loop/0` })).message, /it redirected more than 5 times$/);
  assert.is(seen.length, 6);
});

test("a redirect that is expected is the answer", async () => {
  const result = await send({ url: `${plain.url}/redirect/302?to=/end`, expectStatus: [302] });
  assert.equal([result["status"], (result["headers"] as JsonObject)["location"]], [302, "/end"]);
});

test("a redirect to nowhere names both places; after a change it is in doubt", async () => {
  const nowhere = `http://127.0.0.1:${await closedPort()}/gone`;
  const look = await failing({ url: `${plain.url}/redirect/302?to=${nowhere}` });
  assert.is(look.message, `${plain.url}/redirect/302: redirected to ${nowhere}: the connection was refused`);
  assert.is((await failing({ url: `${plain.url}/redirect/303?to=${nowhere}`, method: "POST" })).kind, "in-doubt");
  assert.is((await failing({ url: `${plain.url}/redirect/307?to=${nowhere}`, method: "POST" })).kind, "retry");
});

test.run();
