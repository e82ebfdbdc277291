import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

export interface TestServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const host = "127.0.0.1";

/** A real server on a free port of the loopback. */
export function httpServer(answer: RequestListener): Promise<TestServer> {
  return listening(createHttp(answer), "http");
}

/** With a throwaway, self-signed certificate, which is left as `cert.pem` in the folder. */
export async function httpsServer(
  folder: string,
  answer: RequestListener,
): Promise<TestServer & { readonly cert: string }> {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  const names = ["-subj", "/CN=belay-test", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  await promisify(execFile)("openssl", [...kind, "-keyout", key, "-out", cert, ...names]);
  const server = await listening(
    createHttps({ cert: await readFile(cert), key: await readFile(key) }, answer),
    "https",
  );
  return { ...server, cert };
}

/** Speaks whatever the test wants, below HTTP. */
export function tcpServer(onSocket: (socket: Socket) => void): Promise<TestServer> {
  return listening(createTcp(onSocket), "http");
}

async function listening(server: Server, scheme: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A port on which nobody listens (any more). */
export async function closedPort(): Promise<number> {
  const server = await tcpServer(() => {});
  await server.close();
  return server.port;
}
