import { createHash } from "node:crypto";
import { chmodSync, lutimesSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// A step's effect is a line with the step's name in the file `effects`; its check counts them.
const counted = (id: string) => `
    check:
      uses: exec
      with: { argv: [grep, -c, "^${id}$", effects] }
      done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
      notDone: "\${{ result.exitCode != 0 }}"`;
const lineBy = (id: string) => `
  - id: ${id}
    uses: shell
    with: { script: "echo ${id} >> effects" }${counted(id)}`;
const looked = (key: string) => `
    check:
      uses: http
      with: { url: "\${{ inputs.url }}/count/${key}" }
      done: "\${{ result.body == '1' }}"
      notDone: "\${{ result.body == '0' }}"`;

/** Files and archives only: every way in which an action changes a disk. */
const fileSteps = `
  - { id: write_new, uses: files.write, with: { path: new.txt, content: "new\\n", mode: "0600" } }
  - { id: write_over, uses: files.write, with: { path: over.txt, content: "over\\n" } }
  - { id: edit, uses: files.edit, with: { path: app.conf, set: { port: 9443, mode: restored }, remove: [gone] } }
  - { id: move, uses: files.move, with: { from: move_me.txt, to: moved.txt } }
  - { id: copy_file, uses: files.copy, with: { from: seed/a.txt, to: copied.txt } }
  - { id: copy_tree, uses: files.copy, with: { from: seed, to: copied } }
  - { id: remove_file, uses: files.remove, with: { path: trash_me.txt } }
  - { id: remove_tree, uses: files.remove, with: { path: trash_tree } }
  - { id: replace, uses: files.replace-directory, with: { path: live, with: staged } }
  - { id: sums, uses: checksum.create, with: { path: copied, to: copied.sha256 } }
  - { id: tar, uses: archive.create, with: { from: copied, to: copied.tar.gz } }
  - { id: zip, uses: archive.create, with: { from: seed, to: seed.zip } }
  - { id: untar, uses: archive.extract, with: { from: copied.tar.gz, to: untarred } }
  - { id: unzip, uses: archive.extract, with: { from: seed.zip, to: unzipped } }`;

const head = (name: string) => `apiVersion: belay/v1
name: ${name}
title: A test of crashes
inputs:
  url: { type: string }
`;

export const filesRunbook = `${head("crash-files")}steps:${fileSteps}
  - { id: verify, uses: checksum.verify, with: { manifest: copied.sha256, path: untarred, complete: true } }
`;

/** Every action, with checks where they are needed, preflight and finally. */
export const everythingRunbook = `${head("crash-everything")}
preflight:
  - { id: pre_seed, uses: exec, reads: true, with: { argv: [test, -d, seed] } }
  - { id: pre_url, uses: http, with: { url: "\${{ inputs.url }}/health" } }
  - { id: pre_sums, uses: checksum.verify, with: { manifest: seed.sha256, path: seed } }
  - { id: pre_once, uses: shell, reads: true, once: true, with: { script: "test ! -e effects" } }
  - { id: pre_wso2, uses: wso2.datasources, with: { homes: [wso2] } }
steps:${lineBy("line_shell")}
  - id: line_exec
    uses: exec
    with: { argv: [tee, -a, effects], stdin: "line_exec\\n" }${counted("line_exec")}
  - { id: blind_exec, uses: exec, with: { argv: [tee, -a, effects], stdin: "blind_exec\\n" } }
  - { id: again, uses: shell, repeatable: true, with: { script: "mkdir -p made; echo again > made/again" } }${fileSteps}
  - { id: verify, uses: checksum.verify, with: { manifest: copied.sha256, path: untarred, complete: true } }
  - { id: get, uses: http, with: { url: "\${{ inputs.url }}/health" }, expect: ["\${{ result.status == 200 }}"] }
  - id: post
    uses: http
    with: { url: "\${{ inputs.url }}/do/post", method: POST, body: { a: 1 } }${looked("post")}
  - { id: blind_post, uses: http, with: { url: "\${{ inputs.url }}/do/blind_post", method: POST } }
  - { id: waits, uses: wait, with: { uses: http, with: { url: "\${{ inputs.url }}/count/post" }, until: "\${{ result.body == '1' }}", every: 20ms } }
  - { id: holds, uses: assert, with: { that: ["\${{ steps.tar.result.files == 5 }}", "\${{ steps.write_new.result.bytes == 4 }}"] } }
  - { id: by_hand, uses: manual, with: { instructions: Look at it, ask: { seen: { type: integer } } } }
  - id: confirmed
    uses: files.write
    with: { path: confirmed.txt, content: "\${{ string(steps.by_hand.result.answers.seen) }}" }
    confirm: { message: "\${{ run.id }} goes on", type: yes really }
  - id: flaky
    uses: shell
    with: { script: "if [ ! -e flaky ]; then touch flaky; exit 1; fi; echo flaky >> effects" }
    retry: { attempts: 3, delay: 10ms }${counted("flaky")}
  - { id: not_wanted, uses: shell, when: "\${{ inputs.url == '' }}", with: { script: "echo not_wanted >> effects" } }
  - { id: there_already, uses: files.write, with: { path: seed/a.txt, content: "alpha\\n" } }
  - { id: may_fail, uses: exec, repeatable: true, onFailure: continue, with: { argv: ["false"] } }${lineBy("line_last")}
finally:${lineBy("fin_line")}
  - { id: fin_write, uses: files.write, with: { path: fin.txt, content: "\${{ steps.may_fail.status }}" } }
outputs:
  files: "\${{ steps.tar.result.files }}"
`;

/** What the runbooks begin with. */
export function prepareWork(work: string): void {
  const put = (path: string, content: string | Buffer) => writeFileSync(join(work, path), content);
  for (const folder of ["seed/sub", "seed/empty", "live", "staged", "trash_tree/y", "wso2/repository/conf/datasources"])
    mkdirSync(join(work, folder), { recursive: true });
  put("seed/a.txt", "alpha\n");
  put("seed/b.bin", Buffer.alloc(300_000, "belay"));
  put("seed/sub/c.txt", "gamma\n");
  put("seed/sub/d.txt", "delta\n");
  chmodSync(join(work, "seed/sub/d.txt"), 0o640);
  symlinkSync("a.txt", join(work, "seed/link"));
  const sum = (content: string) => createHash("sha256").update(content).digest("hex");
  put("seed.sha256", `${sum("alpha\n")}  a.txt\n${sum("gamma\n")}  sub/c.txt\n`);
  put("app.conf", "# the app\nport=80\ngone=yes\nmode=normal\n");
  put("over.txt", "before\n");
  chmodSync(join(work, "over.txt"), 0o640);
  put("move_me.txt", "moved\n");
  put("trash_me.txt", "trash\n");
  put("trash_tree/x", "x\n");
  put("trash_tree/y/z", "z\n");
  put("live/v", "old\n");
  put("staged/v", "new\n");
  put("wso2/repository/conf/datasources/master-datasources.xml", datasources);
  // Archives hold times: the same in every life.
  const inside = readdirSync(join(work, "seed"), { recursive: true, encoding: "utf8" }).map((path) => `seed/${path}`);
  for (const path of [...inside.sort().reverse(), "seed"]) lutimesSync(join(work, path), 1.7e9, 1.7e9);
}

const datasources = `<datasources-configuration><datasources><datasource><name>DB</name>
<jndiConfig><name>jdbc/DB</name></jndiConfig><definition type="RDBMS"><configuration>
<url>jdbc:mysql://db.example:3306/apim</url><driverClassName>com.mysql.jdbc.Driver</driverClassName>
</configuration></definition></datasource></datasources></datasources-configuration>
`;
