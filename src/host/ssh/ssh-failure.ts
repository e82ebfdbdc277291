import { ActionFailure, type FailureKind } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";

type Reason = readonly [words: RegExp, kind: FailureKind, sentence: (destination: string) => string];

const reasons: readonly Reason[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .*has changed/i,
    "failed",
    (at) => `${at} shows another host key than the known one: it may be another machine`,
  ],
  [/Host key verification failed|host key is known/i, "failed", (at) => `The host key of ${at} is not known`],
  [/Permission denied|Too many authentication failures/i, "failed", (at) => `${at} refused the login`],
  [/Could not resolve hostname/i, "retry", (at) => `The name of ${at} can't be resolved`],
  [/Connection refused/i, "retry", (at) => `${at} refused the connection: no sshd listens there`],
  [/timed out/i, "retry", (at) => `${at} did not answer in time`],
  [
    /Bad configuration option|Bad owner or permissions|no such file.*config/i,
    "failed",
    (at) => `ssh can't read its configuration for ${at}`,
  ],
];

/** `config`: the file that ssh reads instead of the user's own. */
export interface LoginTarget {
  readonly destination: string;
  readonly config?: string | undefined;
}

const shellWord = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Why there is no connection, with the words of ssh. Nothing was started and nothing changed. */
export function loginFailure({ destination, config }: LoginTarget, said: string): ActionFailure {
  const [, kind, sentence] = reasons.find(([words]) => words.test(said)) ?? [
    /./,
    "retry" as const,
    (at: string) => `There is no connection to ${at}`,
  ];
  return new ActionFailure(kind, `${sentence(destination)}; nothing was done there`, [
    ...lastLines(said, 5).map((line) => `ssh: ${line}`),
    `Try: ssh ${config === undefined ? "" : `-F ${shellWord(config)} `}${shellWord(destination)} true`,
  ]);
}

export function noSsh(error: unknown): ActionFailure {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return new ActionFailure("failed", "The program ssh is not installed here; nothing was done");
  return new ActionFailure(
    "failed",
    `The program ssh can't be started here (${code ?? String(error)}); nothing was done`,
  );
}
