/** Shorter than this, a mask would hide more of the text around it than of the secret. */
export const shortestForm = 4;

/** Whether a value is too short to be masked in what belay shows and keeps: whoever gave it should be told. */
export function tooShortToMask(value: string): boolean {
  return value.trim().length < shortestForm;
}
