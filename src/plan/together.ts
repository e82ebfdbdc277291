import { aside } from "./frame.ts";
import type { Planning } from "./planning.ts";
import type { Touched } from "./touched.ts";

/** Plans one of several branches in a frame that it is given. */
export type Branch = (planning: Planning) => Promise<void>;

/**
 * Plans branches that run at the same time: what one of them touches, each other one may find changed, or not. Each is
 * planned alone first, for what it touches by itself.
 */
export async function planTogether(planning: Planning, branches: readonly Branch[]): Promise<void> {
  const touches: Touched[][] = [];
  for (const branch of branches) {
    const alone = aside(planning);
    await branch(alone);
    touches.push(alone.touched.slice(planning.touched.length).map((one) => ({ ...one, meanwhile: true })));
  }
  const before = [...planning.touched];
  for (const [index, branch] of branches.entries()) {
    const meanwhile = [...planning.meanwhile, ...touches.flatMap((own, other) => (other === index ? [] : own))];
    const touched = [...before];
    await branch({ ...planning, touched, meanwhile });
    planning.touched.push(...touched.slice(before.length));
  }
}
