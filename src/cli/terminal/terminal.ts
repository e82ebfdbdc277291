// One door to what loads listr2 and inquirer, so that a run without a terminal loads neither.
export { terminalAnswerer } from "./terminal-answerer.ts";
export { terminalView } from "./terminal-view.ts";
