import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { plan } from "./samples.ts";

const row = (id: string, depth: number, more: Partial<PlannedStep>): PlannedStep => ({
  id,
  kind: "step",
  depth,
  section: "steps",
  title: id,
  uses: "exec",
  effect: "change",
  state: "change",
  reason: "",
  input: {},
  after: [],
  conditional: false,
  changes: [],
  noReturn: false,
  ...more,
});

const head = (id: string, depth: number, kind: "group" | "each" | "include", more: Partial<PlannedStep> = {}) =>
  row(id, depth, { kind, effect: "none", state: "group", input: null, ...more });

const stop = (at: string) =>
  row(`${at}/stop`, 2, {
    title: "Stop the site",
    changes: [{ kind: "run", target: "systemctl stop app", summary: "" }],
    undo: "runs exec",
    on: "eu1",
  });
const drop = (at: string, more: Partial<PlannedStep> = {}) =>
  row(`${at}/drop`, 2, {
    title: "Drop the old data",
    noReturn: true,
    undoReason: "it is too large to keep",
    changes: [{ kind: "remove", target: `/srv/${at}`, summary: "12 GB" }],
    ...more,
  });

const names = Array.from({ length: 40 }, (_, index) => `sites[s${index + 1}]`);

/** One row of every kind that holds steps. */
const steps: readonly PlannedStep[] = [
  row("dump_whole", 0, { section: "preflight", title: "The dump is whole", effect: "read", state: "looked" }),
  row("freeze", 0, {
    title: "Stop what writes",
    state: "unforeseeable",
    reason: "runs kubectl scale --replicas=0",
    undo: "runs exec",
    confirm: { message: "Traffic stops here.", type: "prod" },
    approvers: 1,
    notBy: "operator",
    expectedDurationMs: 60_000,
  }),
  head("copies", 0, "group", { title: "Keep what is there", parallel: true, concurrency: 2 }),
  row("copy_db", 1, { title: "Keep the database", state: "done", reason: "the copy is there", undo: "removes it" }),
  row("copy_app", 1, {
    title: "Keep the files",
    state: "unforeseeable",
    reason: "copy_db works on the same at the same time; as the world is now: there is no /copy",
    undo: "moves the copy to the trash, and puts back everything that it replaced, with its times and owners",
  }),
  head("restore", 0, "include", {
    title: "Restore the database",
    included: {
      name: "postgres-restore",
      version: "2.1.0",
      title: "Restore PostgreSQL from a dump",
      inputs: { dump: "/backup/main.dump", database: "(known after freeze)" },
    },
  }),
  row("restore/room", 1, {
    part: "preflight",
    title: "There is room",
    effect: "read",
    state: "looks",
    reason: "after freeze",
  }),
  row("restore/load", 1, {
    title: "Load the dump",
    state: "unforeseeable",
    reason: "its values are known after freeze",
    after: ["freeze"],
    undo: "by hand",
    on: "restore/db1",
    expectedDurationMs: 900_000,
  }),
  row("restore/unlock", 1, {
    part: "finally",
    title: "Take the lock away",
    state: "done",
    reason: "there is none",
    undo: "x",
  }),
  head("sites", 0, "each", { title: "Every site", instances: 40, concurrency: 4, maxFailures: 2 }),
  ...names.flatMap((name, index) => [
    head(name, 1, "group", { title: "Every site" }),
    stop(name),
    drop(
      name,
      index === 20
        ? { state: "skipped", reason: "its condition does not hold: ${{ each.value.old }}", changes: [] }
        : {},
    ),
  ]),
  head("hosts", 0, "each", { title: "hosts", reason: "for each item, known after freeze", after: ["freeze"] }),
  row("hosts[…]/restart", 1, {
    title: "Restart the host",
    state: "unforeseeable",
    reason: "for each item, known after freeze",
    undo: "runs exec",
  }),
  head("rare", 0, "group", {
    title: "Only where it was",
    state: "skipped",
    reason: "its condition does not hold: ${{ inputs.rare }}",
  }),
  row("unlock", 0, {
    section: "finally",
    title: "Take the lock away",
    state: "unforeseeable",
    reason: "runs rm -f /run/lock",
    undo: "x",
  }),
];

/** A plan with groups, an included runbook, connections, deadlines, and the age of what is restored. */
export const treePlan: Plan = {
  ...plan,
  steps,
  connections: [
    { name: "eu1", kind: "host", summary: "app-1 (ssh app-1.example) machine 4f2a91… as deploy" },
    { name: "us1", kind: "host", problem: "ssh: connect to host app-2.example port 22: Connection refused" },
    { name: "restore/db1", kind: "host", problem: "known after freeze" },
  ],
  deadlines: [
    { name: "outage", withinMs: 600_000, warnAtMs: 300_000, start: "freeze", end: "sites", expectedMs: 960_000 },
    { name: "restore/load", withinMs: 3_600_000, start: "restore/load", expectedMs: 900_000 },
  ],
  recoveryPoint: { at: "2026-11-20T22:00:04.000Z", ageMs: 18_720_000, withinMs: 14_400_000 },
  warnings: [
    "deadline outage allows 10 min, and its steps usually take about 16 min",
    "the backup is 5 h 12 min old, and no more than 4 h may be lost",
  ],
};
