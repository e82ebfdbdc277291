// Ends belay with SIGKILL at a chosen moment: `node --import test/support/crash-preload.mjs dist/belay.js …`.
// CRASH_AT says when:
//   record:N    right after the Nth record was written to the journal
//   half:N      when half of the bytes of the Nth record are written
//   sync:N      right after the Nth fdatasync of the journal
//   before:N    just before the Nth call that changes something outside the journal
//   after:N     just after it
//   child:N:MS  MS milliseconds after the Nth child was started
// CRASH_CHILDREN=end ends the living children (their whole groups) in the same moment, as a power cut would.
// CRASH_TRACE names a file that gets one line for each of these moments.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const [kind, at, delay] = (process.env.CRASH_AT ?? "").split(":");
const endChildren = process.env.CRASH_CHILDREN === "end";
const trace = process.env.CRASH_TRACE ? fs.openSync(process.env.CRASH_TRACE, "a") : undefined;
// Children are not to inherit what is for belay alone.
for (const name of ["CRASH_AT", "CRASH_CHILDREN", "CRASH_TRACE"]) delete process.env[name];

const original = { ...fs };
const originalPromises = { ...fs.promises };
const journals = new Set();
const children = new Set();
const counts = { record: 0, half: 0, sync: 0, change: 0, child: 0 };

function die() {
  if (endChildren) {
    for (const pid of children) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {} // it has just ended
    }
  }
  process.kill(process.pid, "SIGKILL");
  for (;;); // the signal arrives at the next return from the kernel; nothing may happen until then
}

const tell = (line) => trace !== undefined && original.writeSync(trace, `${line}\n`);
const is = (what, number) => kind === what && Number(at) === number;

/** Copies what else hangs on a function (util.promisify looks for it there). */
function dressed(wrapper, from) {
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(from));
  return wrapper;
}

// The journal.
fs.openSync = dressed((path, flags, ...rest) => {
  const isJournal = String(path).endsWith("/journal.ndjson");
  if (isJournal || !changesByOpening(flags)) {
    const fd = original.openSync(path, flags, ...rest);
    if (isJournal) journals.add(fd);
    return fd;
  }
  return around("openSync", path, () => original.openSync(path, flags, ...rest));
}, original.openSync);
fs.closeSync = dressed((fd) => {
  journals.delete(fd);
  return original.closeSync(fd);
}, original.closeSync);
fs.writeSync = dressed((fd, data, ...rest) => {
  if (!journals.has(fd)) return around("writeSync", fd, () => original.writeSync(fd, data, ...rest));
  counts.record += 1;
  if (is("half", counts.record)) {
    const bytes = Buffer.from(data);
    original.writeSync(fd, bytes, 0, bytes.length >> 1);
    die();
  }
  const written = original.writeSync(fd, data, ...rest);
  tell(`record ${counts.record} ${String(data).slice(0, 160).replace(/\n/g, " ")}`);
  if (is("record", counts.record)) die();
  return written;
}, original.writeSync);
fs.fdatasyncSync = dressed((fd) => {
  original.fdatasyncSync(fd);
  if (!journals.has(fd)) return;
  counts.sync += 1;
  tell(`sync ${counts.sync}`);
  if (is("sync", counts.sync)) die();
}, original.fdatasyncSync);

// Everything else that changes files.
function begin(name, target) {
  counts.change += 1;
  const number = counts.change;
  tell(`change ${number} ${name} ${String(target?.fd ?? target)}`);
  if (is("before", number)) die();
  return number;
}
function around(name, target, call) {
  const number = begin(name, target);
  const result = call();
  if (is("after", number)) die();
  return result;
}
async function aroundAsync(name, target, call) {
  const number = begin(name, target);
  const result = await call();
  if (is("after", number)) die();
  return result;
}
function aroundCallback(name, target, args, call) {
  const done = args.at(-1);
  const number = begin(name, target);
  call(...args.slice(0, -1), (...answers) => {
    if (is("after", number)) die();
    done(...answers);
  });
}
function changesByOpening(flags) {
  if (flags === undefined) return false;
  if (typeof flags === "number")
    return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
  return flags !== "r" && flags !== "rs";
}

const changing = [
  ...["rename", "unlink", "mkdir", "mkdtemp", "rmdir", "symlink", "link", "truncate", "copyFile", "cp", "chmod"],
  ...["chown", "lchown", "utimes", "lutimes", "writeFile", "appendFile"],
];
for (const name of changing) {
  const sync = `${name}Sync`;
  if (original[sync])
    fs[sync] = dressed((path, ...rest) => around(sync, path, () => original[sync](path, ...rest)), original[sync]);
  if (originalPromises[name])
    fs.promises[name] = dressed(
      (path, ...rest) => aroundAsync(name, path, () => originalPromises[name](path, ...rest)),
      originalPromises[name],
    );
  if (original[name])
    fs[name] = dressed((...args) => aroundCallback(name, args[0], args, original[name]), original[name]);
}
for (const name of ["write", "fchown", "fchmod", "futimes", "ftruncate"])
  fs[name] = dressed((...args) => aroundCallback(name, args[0], args, original[name]), original[name]);
fs.open = dressed(
  (...args) =>
    changesByOpening(args.length > 2 ? args[1] : undefined)
      ? aroundCallback("open", args[0], args, original.open)
      : original.open(...args),
  original.open,
);
fs.promises.open = dressed(
  (path, flags, ...rest) =>
    changesByOpening(flags)
      ? aroundAsync("open", path, () => originalPromises.open(path, flags, ...rest))
      : originalPromises.open(path, flags, ...rest),
  originalPromises.open,
);
fs.ftruncateSync = dressed(
  (fd, ...rest) => around("ftruncateSync", fd, () => original.ftruncateSync(fd, ...rest)),
  original.ftruncateSync,
);
fs.rmSync = dressed((path, ...rest) => around("rmSync", path, () => original.rmSync(path, ...rest)), original.rmSync);
// A folder is removed piece by piece, so that death can come in the middle of it.
fs.promises.rm = dressed(async (path, options = {}) => {
  const found = await originalPromises.lstat(path).catch(() => undefined);
  if (!found) return originalPromises.rm(path, options);
  if (!found.isDirectory() || !options.recursive)
    return aroundAsync("rm", path, () => originalPromises.rm(path, options));
  for (const entry of await originalPromises.readdir(path)) await fs.promises.rm(join(path, entry), options);
  return aroundAsync("rm", path, () => originalPromises.rmdir(path));
}, originalPromises.rm);

const handle = await originalPromises.open("/dev/null");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ["write", "writev", "writeFile", "appendFile", "truncate", "chmod", "chown", "utimes"]) {
  const method = prototype[name];
  prototype[name] = dressed(function (...args) {
    return aroundAsync(`FileHandle.${name}`, this, () => method.apply(this, args));
  }, method);
}

// Children.
const { spawn } = childProcess;
childProcess.spawn = dressed((...args) => {
  const child = spawn(...args);
  counts.child += 1;
  tell(`child ${counts.child} ${args[0]} ${JSON.stringify(args[1]).slice(0, 120)}`);
  if (child.pid !== undefined) {
    children.add(child.pid);
    child.once("exit", () => children.delete(child.pid));
  }
  if (is("child", counts.child)) {
    if (Number(delay) === 0) die();
    setTimeout(die, Number(delay));
  }
  return child;
}, spawn);

syncBuiltinESMExports();
