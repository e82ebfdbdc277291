/** Times as a report writes them: UTC first, the local zone where it is another one. */
export interface ReportClock {
  /** `2026-11-21 03:02:11 UTC (04:02:11 Europe/Berlin)`. */
  whole(iso: string): string;
  /** `03:02:11`, UTC; with its date where that is not the run's first day. */
  short(iso: string): string;
}

export function reportClock(startedAt: string | undefined, zone: string): ReportClock {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const first = startedAt?.slice(0, 10);
  const utc = (iso: string) => [iso.slice(0, 10), iso.slice(11, 19)] as const;
  const valid = (iso: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) && !Number.isNaN(Date.parse(iso));
  return {
    whole(iso) {
      if (!valid(iso)) return iso;
      const [day, clock] = utc(new Date(iso).toISOString());
      const part = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
      const localDay = `${part["year"]}-${part["month"]}-${part["day"]}`;
      const local = `${part["hour"]}:${part["minute"]}:${part["second"]}`;
      const same = local === clock && localDay === day;
      return `${day} ${clock} UTC${same ? "" : ` (${localDay === day ? "" : `${localDay} `}${local} ${zone})`}`;
    },
    short(iso) {
      if (!valid(iso)) return iso;
      const [day, clock] = utc(new Date(iso).toISOString());
      return day === first ? clock : `${day} ${clock}`;
    },
  };
}
