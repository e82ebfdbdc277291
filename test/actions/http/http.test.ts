import { writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ChangeAction } from "../../../src/action/define-action.ts";
import { httpAction } from "../../../src/actions/http/http.ts";
import type { Json, JsonObject } from "../../../src/schema/json.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { answer, seen } from "../../support/http-answers.ts";
import { closedPort, httpServer, httpsServer, type TestServer, tcpServer } from "../../support/http-servers.ts";

const action: ChangeAction = httpAction;
const changes = ["POST", "PUT", "PATCH", "DELETE"];

let context: TestContext;
let plain: TestServer;
let secure: Awaited<ReturnType<typeof httpsServer>>;

test.before(async () => {
  context = await actionContext();
  plain = await httpServer(answer);
  secure = await httpsServer(context.folder, answer);
});
test.after(async () => {
  await Promise.all([plain.close(), secure.close()]);
  await context.remove();
});
test.before.each(() => {
  seen.length = 0;
});

const send = async (input: JsonObject, as: TestContext = context) => (await action.run(input, as)) as JsonObject;
const failing = (input: JsonObject, as?: TestContext) => failureOf(send(input, as));

test("GET gives status, headers, body and where they came from", async () => {
  const result = await send({ url: `${plain.url}/?q=1`, headers: { "X-Count": 3 } });
  assert.is(result["status"], 200);
  assert.is(result["body"], "hello");
  assert.is(result["truncated"], false);
  assert.is(result["json"], null);
  assert.is(result["url"], `${plain.url}/?q=1`);
  assert.is((result["headers"] as JsonObject)["x-two"], "1, 2");
  assert.is(seen[0]?.headers["x-count"], "3");
  assert.is(seen[0]?.headers["user-agent"], "belay");
});

test("JSON is parsed when the answer says that it is JSON", async () => {
  assert.equal((await send({ url: `${plain.url}/json` }))["json"], { a: [1] });
  assert.is((await send({ url: `${plain.url}/json/%7Bbroken` }))["json"], null);
});

test("a body goes out as text, or as JSON", async () => {
  await send({ url: plain.url, method: "POST", body: { a: ["é"] } });
  await send({ url: plain.url, method: "PUT", body: "é\n", headers: { "content-type": "text/x" } });
  await send({ url: plain.url, method: "GET", body: { query: 1 } });
  assert.equal(
    seen.map(({ method, body, headers }) => [method, body, headers["content-type"]]),
    [
      ["POST", '{"a":["é"]}', "application/json"],
      ["PUT", "é\n", "text/x"],
      ["GET", '{"query":1}', "application/json"],
    ],
  );
});

test("only GET, HEAD and OPTIONS look", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) assert.is(action.reads?.({ url: plain.url, method }), true);
  for (const method of changes) assert.is(action.reads?.({ url: plain.url, method }), false);
  assert.is(action.reads?.({ url: plain.url }), true);
});

test("an unexpected status fails with a sentence, without the query", async () => {
  const failure = await failing({ url: `${plain.url}/status/500?token=abc`, method: "POST" });
  assert.is(failure.kind, "failed");
  assert.is(failure.message, `${plain.url}/status/500 answered 500 Internal Server Error`);
  assert.equal(failure.details, ["one", "two"]);
  assert.is((await failing({ url: `${plain.url}/`, expectStatus: [201] })).message, `${plain.url}/ answered 200 OK`);
  assert.is((await send({ url: `${plain.url}/status/404`, expectStatus: [404] }))["status"], 404);
});

test("a gateway that lost its server: worth a retry for a look, in doubt for a change", async () => {
  for (const status of [502, 504]) {
    assert.is((await failing({ url: `${plain.url}/status/${status}` })).kind, "retry");
    for (const method of changes)
      assert.is((await failing({ url: `${plain.url}/status/${status}`, method })).kind, "in-doubt");
  }
  assert.is((await failing({ url: `${plain.url}/status/503` })).kind, "retry");
  assert.is((await failing({ url: `${plain.url}/status/404` })).kind, "failed");
});

test("a probe answers whatever the status, and the judge applies it", async () => {
  const input: Json = { url: `${plain.url}/status/404` };
  const found = (await action.probe?.(input, context)) as JsonObject;
  assert.is(found["status"], 404);
  assert.throws(() => action.judge?.(input, found), /answered 404 Not Found$/);
  action.judge?.({ ...input, expectStatus: [404] }, found);
});

test("a body is kept as far as 1 MiB", async () => {
  for (const method of ["GET", "POST"]) {
    const result = await send({ url: `${plain.url}/big`, method });
    assert.is(result["truncated"], true);
    assert.is(Buffer.byteLength(String(result["body"])), 1024 * 1024);
    assert.not.ok(String(result["body"]).includes("�"));
  }
});

test("a refused connection is worth a retry, since nothing was sent", async () => {
  const url = `http://127.0.0.1:${await closedPort()}/x`;
  const look = await failing({ url });
  assert.equal([look.kind, look.message], ["retry", `${url}: the connection was refused`]);
  const change = await failing({ url, method: "POST", body: "x" });
  assert.equal([change.kind, change.message], ["retry", `${url}: the connection was refused; nothing was changed`]);
});

test("a host name that is not there is worth a retry", async () => {
  for (const method of ["GET", "DELETE"]) {
    const failure = await failing({ url: "http://belay-test.invalid/x", method });
    assert.is(failure.kind, "retry");
    assert.match(failure.message, /host name/);
  }
});

test("a connection lost before the answer: retry for a look, in doubt for a change", async () => {
  let requests = 0;
  const server = await tcpServer((socket) => {
    socket.once("data", () => {
      requests++;
      socket.resetAndDestroy();
    });
  });
  assert.is((await failing({ url: server.url })).kind, "retry");
  for (const method of changes) {
    const failure = await failing({ url: server.url, method });
    assert.is(failure.kind, "in-doubt");
    assert.match(
      failure.message,
      /: the connection was closed by the other side; whether the server did what was asked is not known$/,
    );
  }
  assert.is(requests, 5, "a request was sent twice");
  await server.close();
});

test("a connection lost in the middle of the answer", async () => {
  const look = await failing({ url: `${plain.url}/half` });
  assert.is(look.kind, "retry");
  assert.is(look.message, `${plain.url}/half answered 200 OK, but the connection was closed by the other side`);
  assert.is((await failing({ url: `${plain.url}/half`, method: "POST" })).kind, "in-doubt");
});

test("what is not HTTP", async () => {
  const server = await tcpServer((socket) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
  const failure = await failing({ url: server.url, method: "POST" });
  assert.is(failure.kind, "in-doubt");
  assert.match(failure.message, /what it answered is not HTTP/);
  await server.close();
});

test("no answer in time", async () => {
  const url = `${plain.url}/slow`;
  const look = await failing({ url, timeout: "100ms" });
  assert.equal([look.kind, look.message], ["retry", `${url}: there was no answer within 100 ms`]);
  assert.is((await failing({ url, timeout: "100ms", method: "POST" })).kind, "in-doubt");
});

test("a step that is ended: failed for a look, in doubt for a change that was sent", async () => {
  for (const [method, kind] of [
    ["GET", "failed"],
    ["POST", "in-doubt"],
  ] as const) {
    const end = new AbortController();
    const result = failing({ url: `${plain.url}/slow`, method }, { ...context, signal: end.signal });
    setTimeout(() => end.abort(new Error("stop")), 100);
    const failure = await result;
    assert.is(failure.kind, kind);
    assert.match(failure.message, /the step was ended before the answer was there/);
  }
});

test("TLS is verified", async () => {
  for (const method of ["GET", "POST"]) {
    const failure = await failing({ url: secure.url, method });
    assert.is(failure.kind, "failed");
    assert.match(
      failure.message,
      /its certificate can't be verified \(.*self.signed certificate.*\); `tls.ca` names the authority to trust/,
    );
  }
  assert.is(seen.length, 0);
});

test("TLS with an authority of its own, or none at all", async () => {
  assert.is((await send({ url: secure.url, tls: { ca: secure.cert } }))["body"], "hello");
  assert.is((await send({ url: secure.url, method: "POST", tls: { ca: secure.cert } }))["body"], "hello");
  assert.is((await send({ url: secure.url, tls: { insecure: true } }))["body"], "hello");
  const wrongName = await failing({ url: secure.url.replace("127.0.0.1", "localhost"), tls: { ca: secure.cert } });
  assert.match(wrongName.message, /its certificate is not valid \(.*localhost/);
  writeFileSync(context.path("empty.pem"), "nothing");
  const empty = await failing({ url: secure.url, tls: { ca: "empty.pem" } });
  assert.is(empty.kind, "wrong-input");
  assert.match(empty.message, /holds no certificate in PEM form/);
});

test("TLS to a port without TLS", async () => {
  for (const method of ["GET", "POST"]) {
    const failure = await failing({ url: plain.url.replace("http:", "https:"), method });
    assert.is(failure.kind, "failed");
    assert.match(failure.message, /TLS/);
  }
});

test("what can't be sent is wrong input, and its values are not told", async () => {
  const cases: JsonObject[] = [
    { url: "http://ana:hunter2@127.0.0.1/" },
    { url: plain.url, headers: { Authorization: "Bearer hunter2\n" } },
    { url: "http://" },
  ];
  for (const input of cases) {
    const failure = await failing(input);
    assert.is(failure.kind, "wrong-input");
    assert.not.match(failure.message, /hunter2/);
  }
});

test("a port that browsers shun is as good as any", async () => {
  const failure = await failing({ url: "http://127.0.0.1:6666/" });
  assert.is(failure.message, "http://127.0.0.1:6666/: the connection was refused");
});

test.run();
