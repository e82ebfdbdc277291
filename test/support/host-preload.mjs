// Another machine: `node --import test/support/host-preload.mjs dist/belay.js …`.
// HOST_NAME is its name, HOST_MACHINE its machine id. What is not given stays as it is.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

const { HOST_NAME: name, HOST_MACHINE: machine } = process.env;
// Children are not to inherit what is for belay alone.
for (const one of ["HOST_NAME", "HOST_MACHINE"]) delete process.env[one];

if (name !== undefined) os.hostname = () => name;
if (machine !== undefined) {
  const { readFileSync } = fs;
  fs.readFileSync = (path, ...rest) => (path === "/etc/machine-id" ? `${machine}\n` : readFileSync(path, ...rest));
}
syncBuiltinESMExports();
