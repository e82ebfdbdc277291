import { existsSync } from "node:fs";

/** What the watcher says when it did not start the program: something was started under this name before. */
export const takenCode = 3;

/**
 * The watcher of a background job, a small shell that outlives belay: `<folder> <program> <argument>…`. The folder is
 * the claim: of two watchers with one folder, only one can make it, and the other starts nothing. What is said before
 * the program starts is on disk before it starts, so that after a power cut a missing folder means that nothing ran.
 * Where its folder is gone there is no place for the end of the program, and it ends itself.
 * Its names are long, since a variable of the program's environment with the same name would be changed.
 */
const script = `
belay__dir=$1
shift
belay__path=$PATH
PATH=$PATH:/usr/local/bin:/usr/bin:/bin
belay__sync() { sync "$@" 2>/dev/null || sync; }
mkdir -m 700 "$belay__dir" 2>/dev/null || { [ -d "$belay__dir" ] && exit ${takenCode}; exit 4; }
{ : >"$belay__dir/stdout" && : >"$belay__dir/stderr" && {
    echo $$
    cat /proc/$$/stat || echo
    cat /proc/sys/kernel/random/boot_id || echo
    date -u +%Y-%m-%dT%H:%M:%SZ
  } >"$belay__dir/watcher.new" && mv "$belay__dir/watcher.new" "$belay__dir/watcher"
} 2>/dev/null || { rm -rf "$belay__dir"; exit 4; }
trap : HUP INT TERM
belay__sync "$belay__dir/watcher" "$belay__dir" "$belay__dir/.."
(PATH=$belay__path; exec "$@") </dev/null >>"$belay__dir/stdout" 2>>"$belay__dir/stderr"
belay__code=$?
until echo "$belay__code" >"$belay__dir/status.new" \\
  && belay__sync "$belay__dir/stdout" "$belay__dir/stderr" "$belay__dir/status.new" \\
  && mv "$belay__dir/status.new" "$belay__dir/status"
do [ -d "$belay__dir" ] || exit 4; sleep 5; done 2>/dev/null
belay__sync "$belay__dir"
`;

/** The command line of a watcher. bash, where it is: other shells drop variables with a dot in their name. */
export function watcherArgv(folder: string, argv: readonly string[]): string[] {
  // -p: it reads no file that the program's environment may name for shells.
  const shell = existsSync("/bin/bash") ? ["/bin/bash", "-p"] : ["/bin/sh"];
  return [...shell, "-c", script, "belay-job", folder, ...argv];
}
