import { accessSync, constants, existsSync, statSync } from "node:fs";
import { ActionFailure } from "../action/failure.ts";

/** Says why a program could not be started. Nothing ran. */
export function startFailure(error: unknown, program: string, cwd: string): ActionFailure {
  return new ActionFailure("wrong-input", sentence(error, program, cwd));
}

// The kernel's code does not tell the program from the folder, so both are looked at.
function sentence(error: unknown, program: string, cwd: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (program === "") return "the name of the program to start is empty";
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") {
    const folder = folderTrouble(cwd);
    if (folder !== undefined) return `${program} can't be started in ${cwd}: ${folder}`;
    return `${program} can't be started: ${programTrouble(code, program, cwd)}`;
  }
  if (code === "E2BIG") return `${program} can't be started: its arguments and environment are too long for the system`;
  if (code === "EAGAIN" || code === "EMFILE" || code === "ENFILE") {
    return `${program} can't be started: the system has no room for another process or open file (${code})`;
  }
  if (code === "ERR_INVALID_ARG_VALUE" || message.includes("null byte"))
    return `${program} can't be started: an argument, a variable or the folder holds a NUL character`;
  return `${program} can't be started: ${code ?? message}`;
}

function folderTrouble(cwd: string): string | undefined {
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat === undefined) return "the folder does not exist";
  if (!stat.isDirectory()) return "that is not a folder";
  return allowed(cwd, constants.X_OK) ? undefined : "no permission to enter the folder";
}

function programTrouble(code: string, program: string, cwd: string): string {
  if (!program.includes("/")) {
    return code === "EACCES" ? "it is in the PATH, but not executable" : "there is no such program in the PATH";
  }
  const path = program.startsWith("/") ? program : `${cwd}/${program}`;
  if (code === "EACCES") return "it is not an executable file, or there is no permission to run it";
  return existsSync(path) ? "the interpreter that its first line names does not exist" : "there is no such file";
}

function allowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
