import { httpServer } from "./http-servers.ts";

export interface EffectServer {
  readonly url: string;
  /** How often each effect was asked for with POST /KEY/do/EFFECT. */
  counts(key: string): ReadonlyMap<string, number>;
  /** Called for each POST: before it is counted, and before it is answered. */
  onPost?: ((moment: "before" | "after") => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** A server whose effects can be counted: POST /KEY/do/EFFECT has one, GET /KEY/count/EFFECT tells, the rest says ok. */
export async function effectServer(): Promise<EffectServer> {
  const all = new Map<string, Map<string, number>>();
  const of = (key: string) => {
    const counts = all.get(key) ?? new Map<string, number>();
    all.set(key, counts);
    return counts;
  };
  const server = await httpServer(async (request, response) => {
    const [, key = "", verb = "", effect = ""] = (request.url ?? "").split("/");
    for await (const _ of request); // the body, to its end
    if (verb === "count") return void response.end(String(of(key).get(effect) ?? 0));
    if (verb !== "do" || request.method !== "POST") return void response.end("ok");
    await self.onPost?.("before");
    of(key).set(effect, (of(key).get(effect) ?? 0) + 1);
    await self.onPost?.("after");
    response.end("done");
  });
  const self: EffectServer = { url: server.url, counts: of, onPost: undefined, close: () => server.close() };
  return self;
}
