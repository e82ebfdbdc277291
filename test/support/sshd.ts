import { execFileSync, spawn } from "node:child_process";
import { accessSync, chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const program = "/usr/sbin/sshd";

/** Why there can be no sshd here; undefined when there can. */
export function noSshd(): string | undefined {
  try {
    accessSync(program);
    execFileSync("ssh", ["-V"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "sshd (openssh-server) or ssh is not installed here";
  }
}

export interface Sshd {
  /** A host of `config`. */
  readonly alias: string;
  /** For `ssh -F`. */
  readonly config: string;
  readonly port: number;
  /** HOME over there. */
  readonly home: string;
  /** Ends the server and every connection. */
  stop(): Promise<void>;
  /** The same with SIGKILL: to its clients, the line is cut. */
  kill(): void;
}

/** A throwaway sshd of this user on loopback, with keys and configuration of its own in `folder`, which is private. */
export async function startSshd(folder: string, extra: readonly string[] = []): Promise<Sshd> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  for (const key of ["host_key", "user_key"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(key)], { stdio: "ignore" });
  }
  copyFileSync(at("user_key.pub"), at("authorized_keys"));
  chmodSync(at("authorized_keys"), 0o600);
  const port = await freePort();
  // What belay keeps in the home folder there is gone with the test.
  mkdirSync(at("home"), { mode: 0o700 });
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${at("host_key")}`,
    "PidFile none",
    `AuthorizedKeysFile ${at("authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin yes",
    "MaxSessions 20",
    `SetEnv HOME=${at("home")}`,
    "Subsystem sftp internal-sftp",
    ...extra,
  ];
  writeFileSync(at("sshd_config"), `${lines.join("\n")}\n`);
  const hostKey = readFileSync(at("host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
  const alias = "belay-test-host";
  const client = [
    `Host ${alias}`,
    "  HostName 127.0.0.1",
    `  Port ${port}`,
    `  User ${userInfo().username}`,
    `  IdentityFile ${at("user_key")}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${at("known_hosts")}`,
    "  GlobalKnownHostsFile none",
    "  StrictHostKeyChecking yes",
  ];
  writeFileSync(at("ssh_config"), `${client.join("\n")}\n`, { mode: 0o600 });
  // Without this folder sshd refuses to start as root.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const server = spawn(program, ["-D", "-e", "-f", at("sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const over = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries === 100 || server.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await sleep(50);
  }
  const pid = server.pid ?? 0;
  const signal = (name: NodeJS.Signals) => {
    // Each connection has processes of its own, which do not end with the server.
    for (const one of descendants(pid)) end(one, name);
    server.kill(name);
  };
  // A test that crashed stops nothing.
  process.once("exit", () => void server.kill("SIGKILL"));
  return {
    alias,
    config: at("ssh_config"),
    port,
    home: at("home"),
    kill: () => signal("SIGKILL"),
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) signal("SIGTERM");
      await over;
    },
  };
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended this moment.
  }
}

/** The processes of sshd itself below `pid`; what runs in a session is left alone, as on a machine that is cut off. */
function descendants(pid: number): number[] {
  const found: number[] = [];
  const list = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  const all = list.map((line) => line.trim().split(/\s+/));
  const of = (parent: number) => {
    for (const [id, above, name] of all) {
      if (Number(above) !== parent || !name?.startsWith("sshd")) continue;
      found.push(Number(id));
      of(Number(id));
    }
  };
  of(pid);
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
