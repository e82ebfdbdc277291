// Ends belay with SIGKILL at a record of its journal: `node --import test/runbooks/kill-at.mjs dist/belay.js …`.
// KILL_AT is `begun:STEP`, right after the record that says that the step was begun is written, or `ended:STEP`, just
// before the one that says how it ended would be. `undoing:STEP` and `undone:STEP` are the same of its undoing.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [moment, step] = (process.env.KILL_AT ?? "").split(":");
for (const name of ["KILL_AT", "NODE_OPTIONS"]) delete process.env[name]; // not for children
const types = { begun: "step-started", ended: "step-finished", undoing: "undo-started", undone: "undo-finished" };
const record = `"type":"${types[moment]}","step":"${step}"`;
const before = moment === "ended" || moment === "undone";
const { openSync, writeSync } = fs;
const journals = new Set();

function die() {
  process.kill(process.pid, "SIGKILL");
  for (;;); // the signal arrives at the next return from the kernel; nothing may happen until then
}

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest);
  if (String(path).endsWith("/journal.ndjson")) journals.add(fd);
  return fd;
};
fs.writeSync = (fd, data, ...rest) => {
  const wanted = journals.has(fd) && String(data).includes(record);
  if (wanted && before) die();
  const written = writeSync(fd, data, ...rest);
  if (wanted) die();
  return written;
};
syncBuiltinESMExports();
