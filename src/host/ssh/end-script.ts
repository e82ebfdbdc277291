/**
 * Ends the process group whose leader carries `token` in its arguments, from a session of its own. Prints `none` (no
 * such group), `gone`, `killed` (with SIGKILL) or `stays`. It needs no file on the other machine.
 */
export function endScript(token: string, graceMs: number): string {
  // The brackets keep grep from finding itself.
  const pattern = `[b]${token.slice(1)}`;
  const find = `__find() { if [ -d /proc/self ]; then grep -ls -e '${pattern}' /proc/[0-9]*/cmdline | while IFS=/ read -r __a __b __p __c; do echo "$__p"; done; else ps -A -o pid= -o args= | grep -e '${pattern}' | while read -r __p __c; do echo "$__p"; done; fi; }`;
  // A container's first process often buries no dead: a group of zombies is not waited for.
  const lives =
    '__lives() { kill -s 0 -- "-$__g" || return 1; [ -r /proc/self/stat ] || return 0; for __f in /proc/[0-9]*/stat; do IFS= read -r __l <"$__f" || continue; set -- ${__l##*) }; if [ "$3" = "$__g" ]; then case $1 in Z|X) ;; *) return 0;; esac; fi; done; return 1; }';
  const nap = "{ sleep 0.05 || sleep 1; }";
  const until = (milliseconds: number, word: string) =>
    `__i=0; while [ $__i -lt ${Math.ceil(milliseconds / 60)} ]; do __lives || { echo ${word}; exit 0; }; ${nap}; __i=$((__i+1)); done`;
  return [
    "exec 2>/dev/null",
    find,
    lives,
    `__g=; __i=0; while [ -z "$__g" ] && [ $__i -lt 5 ]; do for __p in $(__find); do kill -s 0 -- "-$__p" && __g=$__p; done; [ -n "$__g" ] || ${nap}; __i=$((__i+1)); done`,
    '[ -n "$__g" ] || { echo none; exit 0; }',
    'kill -s TERM -- "-$__g"',
    until(graceMs, "gone"),
    'kill -s KILL -- "-$__g"',
    until(1500, "killed"),
    "echo stays",
  ].join("; ");
}
