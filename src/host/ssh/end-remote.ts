import { bootstrap, newToken } from "./bootstrap.ts";
import type { Connection } from "./connection.ts";
import { endScript } from "./end-script.ts";

export type RemoteEnd = "none" | "gone" | "killed" | "stays" | "unreachable";

/** Ends a program on the other machine: killing the local ssh would only leave it without anyone who listens. */
export async function endRemote(connection: Connection, token: string, graceMs: number): Promise<RemoteEnd> {
  if (!(await connection.answers())) return "unreachable";
  const child = connection.session("pipe", bootstrap(newToken()));
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stderr?.resume();
  child.stdin?.on("error", () => {});
  child.stdin?.end(`${endScript(token, graceMs)}\n`);
  await new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  return (/^(none|gone|killed|stays)$/m.exec(said)?.[1] as RemoteEnd | undefined) ?? "unreachable";
}
