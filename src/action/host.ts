import type { Systems } from "./systems.ts";

/** Which machine it is, as it says itself; `destination` is what it was asked for by. */
export interface HostFacts {
  /** Its own hostname. */
  readonly host: string;
  /** The content of /etc/machine-id, where there is one. */
  readonly machine?: string;
  /** The user that files and programs are handled as. */
  readonly user: string;
  readonly destination: string;
}

/** How to reach a machine with the user's own OpenSSH. */
export interface SshOptions {
  /** As ssh takes it: host, user@host, or an alias of its configuration. */
  readonly destination: string;
  /** Another configuration file (`ssh -F`). */
  readonly config?: string;
  readonly port?: number;
  /** Further options, `key=value` (`ssh -o`). */
  readonly options?: readonly string[];
  /** The environment of ssh itself (SSH_AUTH_SOCK, PATH); by default that of belay. */
  readonly env?: NodeJS.ProcessEnv;
  /** A private local folder for the control socket. */
  readonly controlFolder: string;
}

/** Another machine. Nothing is connected before it is used; `close` ends the connection. */
export interface RemoteHost {
  readonly systems: Systems;
  /** Throws ActionFailure when the machine can't be reached: `retry`, or `failed` where it refused the login. */
  identify(signal: AbortSignal): Promise<HostFacts>;
  /** The home folder there. */
  home(): Promise<string>;
  close(): Promise<void>;
}
