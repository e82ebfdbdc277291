import { formatDuration } from "../../action/duration.ts";
import type { ConfirmQuestion } from "../../execute/questions.ts";
import { formatTime } from "../../render/time.ts";
import type { Desk, Said } from "./desk.ts";
import { agree, askText } from "./prompt.ts";

type RecoveryPoint = NonNullable<ConfirmQuestion["recoveryPoint"]>;

const typedTries = 3;

/** "May this begin?" What is changed, how old what is restored is, and whether there is a way back. */
export async function askConfirm(desk: Desk, question: ConfirmQuestion): Promise<boolean> {
  const { step, title, message, type, target, noReturn, recoveryPoint, recoveryUnknown } = question;
  desk.say(
    `☛ ${step}  ${title === step ? "" : title}`.trimEnd(),
    ...(message === title ? [] : [message]),
    `${target} · as ${desk.user}`,
    ...(recoveryPoint ? recoveryWords(recoveryPoint, Date.now()) : []),
    ...(recoveryUnknown === undefined ? [] : [{ loud: `! ${recoveryUnknown}` }]),
    ...(noReturn ? [{ loud: "! This can't be undone." }] : []),
  );
  if (type === undefined) return (await agree(desk, `May ${step} begin?`)) === true;
  for (let left = typedTries; left > 0; left--) {
    const typed = await askText(desk, `To begin, type ${type}  (Enter alone stops):`);
    if (typed === type) return true;
    if (typed === undefined || typed === "") return false;
    desk.stdout.write(`  That is not it.${left > 1 ? "" : " Stopped: nothing of the step was begun."}\n`);
  }
  return false;
}

/** `backup 2026-11-20 22:00 UTC (23:00 local), 5 h 12 min old; at most 24 h may be lost`. */
export function recoveryWords({ at, ageMs, mostMs }: RecoveryPoint, now: number, zone?: string): Said[] {
  const time = formatTime(at, { now, ...(zone === undefined ? {} : { zone }) });
  if (ageMs < 0)
    return [{ loud: `! backup ${time}: that is ${formatDuration(-ageMs)} from now; is it the right one?` }];
  const most = mostMs === undefined ? "" : `; at most ${formatDuration(mostMs)} may be lost`;
  const words = `backup ${time}, ${formatDuration(ageMs)} old${most}`;
  if (mostMs === undefined || ageMs <= mostMs) return [words];
  return [
    words,
    { loud: `! THE BACKUP IS TOO OLD: ${formatDuration(ageMs - mostMs)} more than may be lost would be lost.` },
  ];
}
