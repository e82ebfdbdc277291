// Stands in for a WSO2 Carbon server: takes a second to start and a second to stop, keeps a pid file, a log and its H2
// database open with a lock beside it, and answers the login page. It ends by itself after ten minutes, so that nothing
// is left behind. To practise trouble, make a file in its home: `sick` has it answer 503, `stubborn` ignore SIGTERM.
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const home = process.argv.find((word) => word.startsWith("-Dcarbon.home="))?.slice("-Dcarbon.home=".length) ?? ".";
const repository = join(home, "repository");
const pidFile = join(home, "wso2carbon.pid");
const lock = join(repository, "database/WSO2CARBON_DB.lock.db");
const pause = Number(process.env.CARBON_STUB_PAUSE ?? 1000);
const lifetime = 10 * 60 * 1000;

const time = () => new Date().toISOString();
function log(level, text) {
  appendFileSync(join(repository, "logs/wso2carbon.log"), `[${time()}] ${level.padStart(5)} {carbon-stub} - ${text}\n`);
}
function giveUp(reason) {
  log("FATAL", reason);
  leave(1);
}
function leave(code) {
  rmSync(lock, { force: true });
  rmSync(pidFile, { force: true });
  process.exit(code);
}

writeFileSync(pidFile, `${process.pid}\n`);
appendFileSync(join(home, "starts.log"), `${time()} start ${process.pid}\n`);
mkdirSync(join(repository, "logs"), { recursive: true });
log(" INFO", "Starting WSO2 Carbon...");

if (existsSync(lock)) giveUp("Database may be already in use: WSO2CARBON_DB.lock.db is there");
openSync(join(repository, "database/WSO2CARBON_DB.h2.db"), "r+"); // held until the process ends
writeFileSync(lock, `${process.pid}\n`);
const keystore = readFileSync(join(repository, "resources/security/wso2carbon.jks"));
if (keystore.readUInt32BE(0) !== 0xfeedfeed) giveUp("Keystore was tampered with, or password was incorrect");

const port = Number(/<HttpPort>(\d+)</.exec(readFileSync(join(repository, "conf/carbon.xml"), "utf8"))?.[1]);
const server = createServer((request, response) => {
  const found = request.url?.startsWith("/carbon/admin/login.jsp");
  const status = existsSync(join(home, "sick")) ? 503 : found ? 200 : 404;
  response.writeHead(status, { "content-type": "text/html" }).end(status === 200 ? "<title>WSO2 Carbon</title>\n" : "");
});
server.on("error", (error) => giveUp(`Port ${port} can't be used: ${error.message}`));

setTimeout(() => {
  server.listen(port, "127.0.0.1", () => log(" INFO", `WSO2 Carbon started in ${pause / 1000} sec`));
}, pause);

let stopping = false;
function stop() {
  if (stopping || existsSync(join(home, "stubborn"))) return;
  stopping = true;
  log(" INFO", "Shutting down WSO2 Carbon...");
  server.close();
  setTimeout(() => {
    log(" INFO", "Shutdown complete");
    leave(0);
  }, pause);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("SIGHUP", () => {});
setTimeout(() => leave(0), lifetime);
