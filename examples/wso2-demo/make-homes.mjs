// Makes two WSO2 homes to practise on:  node make-homes.mjs FOLDER [KM_PORT] [AM_PORT] [SEED]
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { homeFiles } from "./home-files.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const made = new Date("2020-11-02T22:00:00Z");

function makeHome(home, settings) {
  if (existsSync(home)) throw new Error(`${home} is there already; nothing was changed`);
  const files = homeFiles(settings);
  for (const { path, content, mode = 0o644, link } of files) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    if (link !== undefined) {
      symlinkSync(link, file);
      continue;
    }
    writeFileSync(file, content);
    chmodSync(file, mode);
    utimesSync(file, made, made);
  }
  for (const name of ["wso2server.sh", "carbon-stub.mjs"]) copyFileSync(join(here, name), join(home, "bin", name));
  chmodSync(join(home, "bin/wso2server.sh"), 0o755);
  return { path: home, port: settings.port, files: files.length + 2 };
}

/** Makes `wso2-obkm-1.5.0` and `wso2-obam-1.5.0` in a folder, and says where they are. */
export function makeHomes(folder, { kmPort = 9446, amPort = 9443, seed = 15 } = {}) {
  return {
    km: makeHome(join(folder, "wso2-obkm-1.5.0"), { kind: "obkm", port: kmPort, seed }),
    am: makeHome(join(folder, "wso2-obam-1.5.0"), { kind: "obam", port: amPort, seed }),
  };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder, kmPort, amPort, seed] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write("usage: node make-homes.mjs FOLDER [KM_PORT] [AM_PORT] [SEED]\n");
    process.exit(2);
  }
  const ports = {
    ...(kmPort && { kmPort: Number(kmPort) }),
    ...(amPort && { amPort: Number(amPort) }),
    ...(seed && { seed: Number(seed) }),
  };
  for (const { path, port, files } of Object.values(makeHomes(resolve(folder), ports))) {
    process.stdout.write(`${path}: ${files} files, port ${port}\n`);
  }
}
