import type { Command } from "../../action/processes.ts";
import { newlineVariable, shellWord } from "./shell-word.ts";

// It runs where the program could not be executed, since the shell then goes on to its own end.
const notStarted = [
  "__r=$?",
  'case $1 in */*) if [ ! -e "$1" ]; then __w=no-file; elif [ -d "$1" ] || [ ! -x "$1" ]; then __w=not-executable; elif [ $__r = 127 ]; then __w=interpreter; else __w=refused; fi;; *) if [ $__r = 127 ]; then __w=no-program; else __w=refused; fi;; esac',
  'printf "%s not-started %s\\n" "$0" "$__w" >&2',
].join("; ");

// bash forgets its EXIT trap when it tries to execute. What it could not have started all the same is told by looking.
const afterBash = [
  'case $BASH_VERSION/$__r/$1 in ?*/126/*/*|?*/127/*/*) __w=; if [ ! -e "$1" ]; then __w=no-file; elif [ -d "$1" ] || [ ! -x "$1" ]; then __w=not-executable',
  'else IFS= read -r __l <"$1"; case $__l in "#!"*) set -- "$1" ${__l#??}; [ -e "$2" ] || __w=interpreter;; esac; fi',
  '[ -z "$__w" ] || printf "%s not-started %s\\n" "$0" "$__w" >&9;; esac',
].join("; ");

/**
 * One line for the remote sh. It stays the parent of the program to report the end of it: an exit code of ssh alone
 * can't tell 255 from a lost connection, nor a signal from one. Its traps keep it alive while the group is ended; the
 * program starts with the usual ones.
 */
export function programScript(command: Command, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
  const input = command.stdin === undefined ? " </dev/null" : "";
  return [
    newlineVariable,
    "exec 9>&2 2>/dev/null",
    "trap : HUP INT TERM",
    // Debian's bash reads ~/.bashrc in every script whose level below ssh is 1.
    "SHLVL=2; export SHLVL",
    ...(command.cwd === undefined ? [] : [enter(command.cwd)]),
    ...(variables.length > 0 ? [`export ${variables.join(" ")}`] : []),
    `set -- ${command.argv.map(shellWord).join(" ")}`,
    `(trap '${notStarted}' EXIT; exec "$@") 2>&9 9>&-${input}`,
    `__r=$?; ${afterBash}`,
    `printf '%s ended %s\\n' "$0" "$__r" >&9; exit 0`,
  ].join("; ");
}

function enter(folder: string): string {
  const path = shellWord(folder.startsWith("/") ? folder : `./${folder}`);
  const why = `if [ ! -e ${path} ]; then __w=no-folder; elif [ ! -d ${path} ]; then __w=not-folder; else __w=closed-folder; fi`;
  return `cd ${path} || { ${why}; printf '%s not-started %s\\n%s ended 127\\n' "$0" "$__w" "$0" >&9; exit 0; }`;
}

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why this can't be sent to a shell; undefined when it can. */
export function unsendable({ argv, env = {}, cwd = "" }: Command): string | undefined {
  if (argv[0] === undefined || argv[0] === "") return "the name of the program to start is empty";
  if ([...argv, ...Object.values(env), cwd].some((text) => text.includes("\0"))) {
    return `${argv[0]} can't be started: an argument, a variable or the folder holds a NUL character`;
  }
  const odd = Object.keys(env).find((key) => !name.test(key));
  if (odd === undefined) return undefined;
  return `${argv[0]} can't be started over ssh with a variable named ${JSON.stringify(odd)}: only letters, digits and _ can be in the name`;
}

/** Why the program was not started, as a sentence. */
export function startTrouble(reason: string, command: Command, destination: string, said: string): string {
  const program = command.argv[0] ?? "";
  const inFolder = `${program} can't be started in ${command.cwd} on ${destination}`;
  const alone = `${program} can't be started on ${destination}`;
  const sentences: Readonly<Record<string, string>> = {
    "no-folder": `${inFolder}: the folder does not exist`,
    "not-folder": `${inFolder}: that is not a folder`,
    "closed-folder": `${inFolder}: no permission to enter the folder`,
    "no-file": `${alone}: there is no such file`,
    "not-executable": `${alone}: it is not an executable file, or there is no permission to run it`,
    interpreter: `${alone}: the interpreter that its first line names does not exist`,
    "no-program": `${alone}: there is no such program in the PATH`,
  };
  const long = /too long/i.test(said) ? "its arguments and environment are too long for the system" : undefined;
  return sentences[reason] ?? `${alone}: ${long ?? (said || "the system refused it")}`;
}
