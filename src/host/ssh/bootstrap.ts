import { randomBytes } from "node:crypto";

/** The name of one remote shell: seen in its arguments, and in front of what it reports. */
export function newToken(): string {
  return `belay-${randomBytes(8).toString("hex")}`;
}

/**
 * The remote command line. What is to be run comes as the first line of stdin, so that neither process list shows it;
 * the shell reads that line byte by byte and leaves the rest. No quote, backslash or `!` is in it that some login
 * shell would read in its own way. A line that was cut off is not run.
 */
export function bootstrap(token: string): string {
  return `exec sh -c 'IFS= read -r __s && eval "$__s"' ${token}`;
}
