const homeNames = new Set(["carbon.home", "CARBON_HOME", "WSO2_HOME"]);
/** `APIM_HOME`, `KM_HOME`, `IS_HOME`, `WSO2_OB_KM_HOME`, `OBBI_HOME` and the like. */
const productHome = /^(WSO2_)?(OB_?)?(APIM|AM|KM|IS|BI|SP|EI)_HOME$/;

/**
 * Puts values in the place of `${carbon.home}`, `${sys:carbon.home}`, `${APIM_HOME}`, `${sys:wso2.runtime}`. Returns
 * the name of a variable that is not known instead of guessing.
 */
export function expandVariables(
  text: string,
  home: string,
  runtime: string | undefined,
): { text: string } | { unknown: string } {
  let unknown: string | undefined;
  const expanded = text.replace(/\$\{(?:sys:|env:)?([^}]*)\}/g, (whole, raw: string) => {
    const name = raw.trim();
    if (homeNames.has(name) || productHome.test(name)) return home;
    if (name === "wso2.runtime" && runtime !== undefined) return runtime;
    unknown ??= whole;
    return whole;
  });
  return unknown === undefined ? { text: expanded } : { unknown };
}
