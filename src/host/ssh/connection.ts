import type { ChildProcess, StdioOptions } from "node:child_process";
import { rmSync } from "node:fs";
import { ActionFailure } from "../../action/failure.ts";
import type { SshOptions } from "../../action/host.ts";
import { controlPath } from "./control-path.ts";
import type { Greeting } from "./greeting.ts";
import { type Master, openMaster } from "./master.ts";
import { type SshCommand, sshCommand } from "./ssh-command.ts";

/** A machine that is connected when it is first needed, and again when the connection was lost. */
export interface Connection {
  readonly destination: string;
  readonly config?: string | undefined;
  /** Connects unless that is done. Throws ActionFailure; then nothing was done there. */
  ready(signal?: AbortSignal): Promise<Greeting>;
  /** The same, and makes sure that the other side answers at this moment. */
  awake(signal?: AbortSignal): Promise<Greeting>;
  alive(): boolean;
  /** Whether the other side answers soon; never connects again. */
  answers(): Promise<boolean>;
  /** Starts a session; the connection is ready. */
  session(stdio: StdioOptions, remote: string | { readonly subsystem: string }): ChildProcess;
  close(): Promise<void>;
}

const answerMs = 10_000;

export function sshConnection(options: SshOptions): Connection {
  let opening: Promise<Master> | undefined;
  let master: Master | undefined;
  let ssh: SshCommand | undefined;
  let folder: string | undefined;
  const { destination, config } = options;

  const open = async (signal?: AbortSignal) => {
    // A new socket for every connection: a lost one may still stand there.
    const { path, made } = controlPath(options.controlFolder, destination);
    removeFolder(folder);
    folder = made;
    ssh = sshCommand(options, path);
    master = await openMaster(ssh, signal);
    return master;
  };
  const current = (signal?: AbortSignal): Promise<Master> => {
    if (opening !== undefined && (master === undefined || master.alive())) return opening;
    master = undefined;
    const attempt = open(signal);
    opening = attempt;
    attempt.catch(() => {
      if (opening === attempt) opening = undefined;
    });
    return attempt;
  };
  return {
    destination,
    config,
    ready: async (signal) => (await current(signal)).greeting,
    awake: async (signal) => {
      const first = await current(signal);
      if (await first.answers(answerMs)) return first.greeting;
      await first.close();
      const second = await current(signal);
      if (await second.answers(answerMs)) return second.greeting;
      throw new ActionFailure("retry", `${destination} does not answer; nothing was done there`);
    },
    alive: () => master?.alive() === true,
    answers: async () => master?.alive() === true && (await master.answers(answerMs)),
    session: (stdio, remote) => {
      if (ssh === undefined) throw new Error("a session before the connection");
      return ssh.session(stdio, remote);
    },
    close: async () => {
      const last = await opening?.catch(() => undefined);
      await last?.close();
      [opening, master] = [undefined, undefined];
      removeFolder(folder);
    },
  };
}

function removeFolder(folder: string | undefined): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
