import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "./crash-lab.ts";
import { group, indent } from "./group-steps.ts";

const counted = (name: string) => `check:
  uses: exec
  with: { argv: [grep, -cx, "${name}", effects] }
  done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
  notDone: "\${{ result.exitCode != 0 }}"
`;
/** A step whose effect is a line in \`effects\`, and a check that counts it. */
const effect = (id: string, name = id, keys = "") => `- id: ${id}
${indent(keys)}  uses: shell
  with: { script: 'echo "$NAME" >> effects', env: { NAME: "${name}" } }
${indent(counted(name))}`;

const inner = `apiVersion: belay/v1
name: inner
title: Included
inputs: { site: { type: string } }
preflight:
  - { id: there, uses: exec, reads: true, with: { argv: [test, -d, seed] } }
steps:
${indent(effect("in_a", "in_a ${{ inputs.site }}"))}  - { id: copy, uses: files.copy, with: { from: seed, to: "copy-\${{ inputs.site }}" } }
finally:
${indent(effect("in_end", "in_end ${{ inputs.site }} ${{ steps.in_a.status == 'failed' }}"))}outputs: { site: "\${{ inputs.site }}" }
`;
const include = (id: string, site: string, keys = "") =>
  `- id: ${id}\n${indent(keys)}  uses: runbook\n  with: { runbook: ./work/inner.yaml, inputs: { site: "${site}" } }\n`;

// Once `sites` has begun, preflight sees another list: what was begun keeps to the first.
const look = "if [ -e changed ]; then echo other; else echo eu; echo us; echo bad; fi";
const sites = group(
  "sites",
  'forEach: "${{ steps.look.result.lines }}"\nkey: "${{ each.value }}/${{ steps.tag.result.lines[0] }}"\nconcurrency: 2\nmaxFailures: 1',
  `${effect("stop", "stop ${{ each.key }}")}- { id: mark, when: "\${{ each.value == 'eu' }}", uses: files.write, with: { path: changed, content: "x\\n" } }
- { id: fails, uses: shell, repeatable: true, with: { script: 'test "$SITE" != bad', env: { SITE: "\${{ each.value }}" } } }
${effect("start", "start ${{ each.key }}")}`,
);
const branches = `${group("gate", `when: "\${{ steps.look.result.lines[0] == 'eu' }}"`, effect("gate_a") + group("deep", "title: Deep", effect("gate_b")))}${sites}- id: flaky
  uses: shell
  with: { script: "if [ ! -e flaky ]; then touch flaky; exit 1; fi; echo flaky >> effects" }
  retry: { attempts: 3, delay: 10ms }
${indent(counted("flaky"))}- { id: may_fail, uses: exec, repeatable: true, onFailure: continue, with: { argv: ["false"] } }
- id: job
  uses: job.run
  with: { argv: [sh, -c, "echo job begun >> effects; sleep 0.2; echo job ended >> effects"], every: 20ms }
`;

/** Every kind of group, small enough to be killed at every moment. */
export const crashGroups: Scenario = {
  name: "groups",
  runbook: `apiVersion: belay/v1
name: crash-groups
title: A test of crashes in groups
inputs: { url: { type: string } }
deadlines:
  soon: { start: tag, within: 1ms, atLimit: continue }
preflight:
  - { id: look, uses: shell, reads: true, with: { script: "${look}" } }
steps:
${indent(
  `- { id: tag, uses: exec, reads: true, with: { argv: [echo, one] } }\n${group("both", "parallel: true", branches)}${effect(
    "each",
    "each ${{ each.key }}",
    "forEach: [1, 2, 3]\nconcurrency: 2\n",
  )}${include("db", "main")}${include("more", "${{ each.key }}", "forEach: [x, y]\nconcurrency: 2\n")}${effect(
    "sum",
    "sum ${{ steps.sites.result.size() }} ${{ 'eu/one' in steps.sites.result }} ${{ steps.more.result['y'].site }} ${{ steps.may_fail.status }} ${{ steps.gate.status }}",
  )}`,
)}finally:
${indent(effect("fin", "fin ${{ each.key }}", "forEach: [p, q]\nconcurrency: 2\n"))}`,
  prepare(work) {
    mkdirSync(join(work, "seed"), { recursive: true });
    writeFileSync(join(work, "seed/a"), "a\n");
    writeFileSync(join(work, "inner.yaml"), inner);
  },
  answers: ["--orphans", "wait"],
};

/** A step that another person approves. */
export const crashApproval: Scenario = {
  name: "approval",
  runbook: `apiVersion: belay/v1
name: crash-approval
title: A test of crashes around an approval
inputs: { url: { type: string } }
preflight:
  - { id: look, uses: shell, reads: true, with: { script: "date +%s%N" } }
steps:
${indent(effect("before"))}  - id: asks
    uses: shell
    with: { script: "echo asks >> effects" }
    confirm: { message: "Seen: \${{ steps.look.result.lines[0] }}", approvers: 1, notBy: operator }
${indent(counted("asks"), 4)}${indent(effect("after"))}`,
  prepare: () => {},
  answers: ["--orphans", "wait"],
};
