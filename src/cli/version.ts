declare const BELAY_VERSION: string | undefined;

/** The program's version: put in by the build; `0.0.0-source` when it runs from source. */
export const version: string = typeof BELAY_VERSION === "string" ? BELAY_VERSION : "0.0.0-source";
