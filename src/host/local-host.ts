import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { HostFacts } from "../action/host.ts";

/** What this machine says of itself. */
export function localFacts(): HostFacts {
  const machine = machineId();
  return { host: hostname(), ...(machine && { machine }), user: userName(), destination: "this machine" };
}

function machineId(): string | undefined {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A user id need not have a name (in a container, say). */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "?");
  }
}
