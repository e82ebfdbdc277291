import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "./crash-lab.ts";

/** A step that adds its name to `effects`, and a check that counts it: once is done, never is not done. */
const effect = (id: string, name = id) => `- id: ${id}
  uses: shell
  with: { script: 'sleep 0.01; echo "$NAME" >> effects', env: { NAME: "${name}" } }
  check:
    uses: exec
    with: { argv: [grep, -cx, "${name}", effects] }
    done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
    notDone: "\${{ result.exitCode != 0 }}"
`;

const indent = (text: string, by = 2) => text.replace(/^(?=.)/gm, " ".repeat(by));
const group = (id: string, keys: string, steps: string) =>
  `- id: ${id}\n${indent(keys)}\n  steps:\n${indent(steps, 4)}`;
const many = (from: string, count: number) =>
  Array.from({ length: count }, (_, i) => effect(`${from}${i + 1}`)).join("");

const inner = `apiVersion: belay/v1
name: inner
title: Included
inputs: { site: { type: string } }
preflight:
  - { id: there, uses: exec, reads: true, with: { argv: [test, -d, seed] } }
steps:
${indent(effect("inner_a", "inner_a ${{ inputs.site }}") + effect("inner_b", "inner_b ${{ inputs.site }}"))}
finally:
${indent(effect("inner_end", "inner_end ${{ inputs.site }}"))}
outputs: { site: "\${{ inputs.site }}" }
`;

const copy = (id: string, to: string) => `- { id: ${id}, uses: files.copy, with: { from: seed, to: "${to}" } }\n`;

/** Sixty steps and more, in every shape that the language has. */
export const groupsScenario: Scenario = {
  name: "groups",
  runbook: `apiVersion: belay/v1
name: groups
title: A test of crashes in groups
inputs: { url: { type: string } }
preflight:
  - { id: pre, uses: exec, reads: true, with: { argv: [test, -d, seed] } }
steps:
${indent(
  many("line", 5) +
    group("plain", "title: One after the other", many("plain_", 4)) +
    group("both", "parallel: true", many("both_", 6) + group("nested", "title: Nested", many("nested_", 3))) +
    `- id: each\n  forEach: [a, b, c, d, e, f]\n  concurrency: 3\n${indent(
      effect("x", "each ${{ each.key }}")
        .replace(/^- id: x\n/, "")
        .replace(/^ {2}/gm, ""),
    )}` +
    group(
      "sites",
      'forEach: [{ n: eu }, { n: us }, { n: ap }]\nkey: "${{ each.value.n }}"\nconcurrency: 2',
      effect("stop", "stop ${{ each.key }}") +
        copy("keep", "copy-${{ each.key }}") +
        `- { id: edit, uses: files.edit, with: { path: "conf-\${{ each.key }}", set: { site: "\${{ each.key }}" } } }\n` +
        effect("start", "start ${{ each.key }} ${{ steps.keep.status }}"),
    ) +
    `- id: db\n  uses: runbook\n  with: { runbook: ./work/inner.yaml, inputs: { site: main } }\n` +
    `- id: more\n  forEach: [x, y]\n  concurrency: 2\n  uses: runbook\n  with: { runbook: ./work/inner.yaml, inputs: { site: "\${{ each.key }}" } }\n` +
    effect(
      "sum",
      "sum ${{ steps.db.result.site }} ${{ steps.more.result['y'].site }} ${{ steps.sites.result['us'].keep != null }}",
    ) +
    many("last", 5),
)}finally:
${indent(many("fin", 2))}`,
  prepare(work) {
    mkdirSync(join(work, "seed/sub"), { recursive: true });
    writeFileSync(join(work, "seed/a"), "a\n");
    writeFileSync(join(work, "seed/sub/b"), "b\n");
    writeFileSync(join(work, "inner.yaml"), inner);
    for (const site of ["eu", "us", "ap"]) writeFileSync(join(work, `conf-${site}`), "site=none\n");
  },
  answers: ["--orphans", "wait"],
};
