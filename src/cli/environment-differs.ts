import type { Environment, ProgramFacts } from "./environment.ts";

/** What of one turn's environment is another thing in the next, in plain sentences. Nothing for what says nothing. */
export function environmentDiffers(before: Partial<Environment>, now: Environment): string[] {
  const both = (name: keyof Environment, say: (old: string, here: string) => string): string[] => {
    const old = before[name];
    const here = now[name];
    return old === undefined || here === undefined || old === here ? [] : [say(String(old), String(here))];
  };
  const programs = Object.entries(now.programs).flatMap(([name, here]) => {
    const old = before.programs?.[name];
    return old ? programDiffers(name, old, here) : [];
  });
  return [
    ...hostDiffers(before, now),
    ...both("user", (old, here) => `the operator is ${here}, it was ${old}`),
    ...(before.user === now.user ? both("uid", (old, here) => `the user id is ${here}, it was ${old}`) : []),
    ...both("belay", (old, here) => `belay ${old} → ${here}`),
    ...both("node", (old, here) => `Node ${old} → ${here}`),
    ...both("platform", (old, here) => `the system is ${here}, it was ${old}`),
    ...both("arch", (old, here) => `the processor is ${here}, it was ${old}`),
    ...both("release", (old, here) => `the kernel is ${here}, it was ${old}`),
    ...both("umask", (old, here) => `the umask is ${here}, it was ${old}`),
    ...both("zone", (old, here) => `the time zone is ${here}, it was ${old}`),
    ...both("locale", (old, here) => `the locale is ${here || "not set"}, it was ${old || "not set"}`),
    ...pathDiffers(before.path, now.path),
    ...programs,
  ];
}

/** Another machine: by its name, or by its id where the name is the same. */
export function isOtherMachine(before: Partial<Environment>, now: Pick<Environment, "host" | "machine">): boolean {
  if (before.host === undefined) return false;
  const known = before.machine !== undefined && now.machine !== undefined;
  return before.host !== now.host || (known && before.machine !== now.machine);
}

/** A machine, so that two can be told apart. */
export function machineName({ host, machine }: Partial<Environment>): string {
  return machine === undefined ? String(host) : `${host} (machine ${machine.slice(0, 8)})`;
}

function hostDiffers(before: Partial<Environment>, now: Environment): string[] {
  if (!isOtherMachine(before, now)) return [];
  const [here, old] = before.host === now.host ? [machineName(now), machineName(before)] : [now.host, before.host];
  return [`the host is ${here}, it was ${old}`];
}

function pathDiffers(old: string | undefined, here: string): string[] {
  if (old === undefined || old === here) return [];
  const [were, are] = [old.split(":"), here.split(":")];
  const more = are.filter((one) => !were.includes(one));
  const less = were.filter((one) => !are.includes(one));
  const parts = [
    ...(more.length > 0 ? [`new: ${more.join(", ")}`] : []),
    ...(less.length > 0 ? [`gone: ${less.join(", ")}`] : []),
  ];
  return [`PATH is another one (${parts.length > 0 ? parts.join("; ") : "the order"})`];
}

function programDiffers(name: string, old: ProgramFacts, here: ProgramFacts): string[] {
  if (here.path === undefined) return old.path === undefined ? [] : [`${name} is not here; it was ${old.path}`];
  if (old.path === undefined) return [`${name} is ${here.path}; there was none before`];
  const other = old.size !== here.size || (old.head !== undefined && here.head !== undefined && old.head !== here.head);
  const kind = old.size !== here.size ? "of another size" : "another file";
  if (old.path !== here.path) return [`${name} is ${here.path}${other ? `, ${kind}` : ""}; it was ${old.path}`];
  return other ? [`${name} is ${here.path}, ${kind} here`] : [];
}
