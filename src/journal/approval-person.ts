import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** A user of this machine, and the person who uses root where sudo says who that is. */
export interface Person {
  /** `ana`, `ana (as root)`, `uid 1007` where no name is known. */
  readonly name: string;
  readonly uid: number;
  readonly sudo?: { readonly user: string; readonly uid?: number };
}

/** Who worked on a run. A turn that recorded no user id is known by its name alone. */
export interface Operator {
  readonly user: string;
  readonly uid?: number;
  /** Who used root, as sudo says (SUDO_UID). */
  readonly sudoUid?: number;
}

/** Every name that /etc/passwd has for a user id. Users that a directory service knows have none there. */
export function namesOf(uid: number): string[] {
  let text: string;
  try {
    text = readFileSync("/etc/passwd", "utf8");
  } catch {
    return [];
  }
  const rows = text.split("\n").map((line) => line.split(":"));
  return rows.flatMap(([name, , id]) => (name && id === String(uid) ? [name] : []));
}

/** The person of a user id; for root, who used it. */
export function personOf(uid: number, sudo?: Person["sudo"]): Person {
  const name = namesOf(uid)[0] ?? `uid ${uid}`;
  if (uid !== 0 || sudo === undefined || sudo.user === name) return { name, uid };
  return { name: `${sudo.user} (as ${name})`, uid, sudo };
}

/** Whoever runs this process; undefined where the system has no user ids. */
export function thisPerson(env: NodeJS.ProcessEnv): Person | undefined {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined;
  const { SUDO_USER: user, SUDO_UID: id } = env;
  if (uid === 0 && user) return personOf(uid, { user, ...(id && /^[0-9]{1,10}$/.test(id) ? { uid: Number(id) } : {}) });
  try {
    // The system knows its own user also where a directory service has the names.
    const own = userInfo();
    return own.uid === uid ? { name: own.username, uid } : personOf(uid);
  } catch {
    return personOf(uid);
  }
}

/** `ana (as root)` is ana. */
const behind = (user: string): string => /^(.*) \(as [^()]*\)$/.exec(user)?.[1] ?? user;

const namesFor = (person: Person): string[] => [
  behind(person.name),
  ...(person.sudo ? [person.sudo.user] : namesOf(person.uid)),
];

/** The same for one person, whether they use root or not. */
export function personKey(person: Person): string {
  if (person.sudo === undefined) return `uid ${person.uid}`;
  return person.sudo.uid === undefined ? `name ${person.sudo.user}` : `uid ${person.sudo.uid}`;
}

/** Whether two are one person, as far as ids and names tell. */
export function samePerson(one: Person, other: Person): boolean {
  if (personKey(one) === personKey(other)) return true;
  if (!one.sudo && !other.sudo) return false;
  const names = namesFor(other);
  return namesFor(one).some((name) => names.includes(name));
}

/**
 * Why a person counts as an operator of the run, as a sentence; undefined where they are somebody else. Root is one
 * person here whatever SUDO_USER says: root can say what it likes there.
 */
export function operatorProblem(person: Person, operators: readonly Operator[]): string | undefined {
  const names = namesFor(person);
  for (const { user, uid, sudoUid } of operators) {
    const same = names.includes(behind(user)) || (sudoUid ?? uid) === (person.sudo?.uid ?? person.uid);
    if (same) return `${person.name} runs it (or ran a part of it) as ${user}`;
    if (uid === person.uid) return `${user} ran it as the same user (id ${uid})`;
    // The operator is known by a name only and this user by an id only: nobody can tell them apart.
    if (behind(user) !== user && sudoUid === undefined && names.every((name) => name.startsWith("uid ")))
      return `user id ${person.uid} has no name in /etc/passwd, so it can't be told from ${user}, who ran it`;
  }
  return undefined;
}
