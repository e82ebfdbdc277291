export interface TimeOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** IANA name; the machine's own zone when it is absent. */
  readonly zone?: string;
}

interface Parts {
  readonly day: string;
  readonly clock: string;
}

function partsIn(at: Date, timeZone: string | undefined): Parts {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${part["year"]}-${part["month"]}-${part["day"]}`, clock: `${part["hour"]}:${part["minute"]}` };
}

/** `03:02 UTC (04:02 local)`; with its date when that is not today's. What is no time is shown as it is. */
export function formatTime(iso: string, options: TimeOptions): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const [utc, local] = [partsIn(at, "UTC"), partsIn(at, options.zone)];
  const today = partsIn(new Date(options.now), "UTC").day;
  const day = utc.day === today ? "" : `${utc.day} `;
  if (utc.day === local.day && utc.clock === local.clock) return `${day}${utc.clock} UTC`;
  const localDay = local.day === utc.day ? "" : `${local.day} `;
  return `${day}${utc.clock} UTC (${localDay}${local.clock} local)`;
}
