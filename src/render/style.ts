import { Chalk } from "chalk";

type Paint = (text: string) => string;

/** The few ways in which text is set off; without colour they leave it as it is. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly alarm: Paint;
}

export function style(color: boolean): Style {
  // Sixteen colours: every terminal has them, and its owner chose them.
  const chalk = new Chalk({ level: color ? 1 : 0 });
  // One argument each: chalk's own functions take more, and would print what `map` hands them.
  const one =
    (paint: Paint): Paint =>
    (text) =>
      paint(text);
  return {
    bold: one(chalk.bold),
    dim: one(chalk.dim),
    red: one(chalk.red),
    green: one(chalk.green),
    yellow: one(chalk.yellow),
    cyan: one(chalk.cyan),
    alarm: one(chalk.bold.red),
  };
}
