/** What the other machine says first. */
export interface Greeting {
  readonly host: string;
  readonly machine?: string;
  readonly user: string;
  readonly home: string;
  /** What new files do not get, such as 0o022. */
  readonly umask: number;
  readonly root: boolean;
}

/** Reports, and then repeats every line that it is sent, which shows that the connection lives. */
export function greetingScript(token: string): string {
  return [
    `echo ${token} begin`,
    'echo "host $(uname -n)"',
    'if [ -r /etc/machine-id ]; then read -r __m </etc/machine-id; echo "machine $__m"; fi',
    'echo "user $(id -un 2>/dev/null || id -u)"',
    'echo "uid $(id -u)"',
    'echo "umask $(umask)"',
    'echo "home $(cd && pwd)"',
    `echo ${token} end`,
    "while IFS= read -r __l; do printf '%s\\n' \"$__l\"; done",
  ].join("; ");
}

/** undefined as long as it is not whole. `noise` is what start-up files printed before it. */
export function readGreeting(text: string, token: string): { greeting: Greeting; noise: string } | undefined {
  const begin = text.indexOf(`${token} begin\n`);
  const end = text.indexOf(`${token} end\n`);
  if (begin < 0 || end < 0) return undefined;
  const lines = text.slice(begin, end).split("\n");
  const of = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? "";
  const greeting = {
    host: of("host"),
    ...(of("machine") !== "" && { machine: of("machine") }),
    user: of("user"),
    home: of("home") || "/",
    umask: Number.parseInt(of("umask"), 8) || 0,
    root: of("uid") === "0",
  };
  return { greeting, noise: text.slice(0, begin) };
}
