import type { ChildProcess } from "node:child_process";
import { packet, reader, text, uint32 } from "./sftp-packet.ts";

export interface Reply {
  readonly type: number;
  readonly body: ReturnType<typeof reader>;
}

/** One SFTP session. Requests may be made at once; each gets its own answer. */
export interface SftpChannel {
  readonly extensions: ReadonlyMap<string, string>;
  alive(): boolean;
  /** Rejects with code ECONNLOST when the session ended before the answer came. */
  request(type: number, ...parts: Uint8Array[]): Promise<Reply>;
  extended(name: string, ...parts: Uint8Array[]): Promise<Reply>;
  close(): void;
}

/** The session ended, and what was asked last may have been done or not. */
function connectionLost(): Error {
  return Object.assign(new Error("the connection was lost"), { code: "ECONNLOST" });
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const largest = 1 << 20;
const firstAnswerMs = 30_000;

/** Speaks SFTP over the pipes of a child. Rejects with what the child said when there is no SFTP. */
export async function sftpChannel(child: ChildProcess): Promise<SftpChannel> {
  const waiting = new Map<number, Waiting>();
  let errors = "";
  let ended = false;
  let next = 0;
  let version: Waiting | undefined;
  let pieces: Buffer[] = [];
  let held = 0;

  const finish = (why: Error) => {
    ended = true;
    version?.reject(new Error(errors.trim() || why.message));
    for (const one of waiting.values()) one.reject(connectionLost());
    waiting.clear();
  };
  const take = (bytes: Buffer) => {
    const body = reader(bytes);
    const type = body.byte();
    if (type === packet.version) return version?.resolve({ type, body });
    const id = body.uint32();
    waiting.get(id)?.resolve({ type, body });
    waiting.delete(id);
  };
  child.stdout?.on("data", (chunk: Buffer) => {
    pieces.push(chunk);
    held += chunk.length;
    while (held >= 4) {
      if ((pieces[0]?.length ?? 0) < 4) pieces = [Buffer.concat(pieces)];
      const length = (pieces[0] as Buffer).readUInt32BE(0);
      if (length > largest || length < 1) {
        // Not SFTP: a start-up file that prints something, say.
        errors += `not SFTP, but: ${Buffer.concat(pieces).toString("latin1").slice(0, 200)}`;
        child.kill("SIGKILL");
        return;
      }
      if (held < length + 4) return;
      const all = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      const rest = all.subarray(length + 4);
      pieces = rest.length > 0 ? [rest] : [];
      held = rest.length;
      try {
        take(all.subarray(4, length + 4));
      } catch {
        child.kill("SIGKILL"); // a broken packet: nothing after it can be trusted
        return;
      }
    }
  });
  child.stderr?.setEncoding("utf8").on("data", (said: string) => {
    errors = (errors + said).slice(-4096);
  });
  child.stdin?.on("error", () => {});
  child.once("error", (error) => finish(error));
  child.once("close", () => finish(connectionLost()));

  const send = (bytes: Uint8Array[]) => {
    const length = bytes.reduce((sum, part) => sum + part.length, 0);
    child.stdin?.write(Buffer.concat([uint32(length), ...bytes]));
  };
  const request = (type: number, ...parts: Uint8Array[]) =>
    new Promise<Reply>((resolve, reject) => {
      // Nothing was sent: that is known, and another matter than a lost answer. The caller opens a session first.
      if (ended) return reject(connectionLost());
      next = (next + 1) >>> 0;
      waiting.set(next, { resolve, reject });
      send([Buffer.from([type]), uint32(next), ...parts]);
    });
  const hello = await new Promise<Reply>((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), firstAnswerMs);
    version = {
      resolve: (reply) => {
        clearTimeout(timer);
        resolve(reply);
      },
      reject: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    };
    send([Buffer.from([packet.init]), uint32(3)]);
  });
  version = undefined;
  hello.body.uint32();
  const extensions = new Map<string, string>();
  while (hello.body.left() > 0) extensions.set(hello.body.bytes().toString(), hello.body.bytes().toString());
  return {
    extensions,
    alive: () => !ended,
    request,
    extended: (name, ...parts) => request(packet.extended, text(name), ...parts),
    close: () => {
      child.stdin?.end();
      child.kill("SIGTERM");
    },
  };
}
