import type { Look } from "../action/context.ts";
import { ActionFailure } from "../action/failure.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Step } from "../runbook/runbook.ts";
import { absoluteInput } from "./absolute-input.ts";
import { holds } from "./conditions.ts";
import { runRead, sentence, summarize } from "./look.ts";
import { TurnEnds } from "./turn-ends.ts";
import { type Place, scopeOf, type World } from "./world.ts";

/** One look of `wait`. A look that fails is an answer too: what is waited for may just not be up yet. */
export async function pollOnce(world: World, step: Step, place: Place): Promise<Look> {
  const poll = step.poll;
  if (!poll) throw new ActionFailure("wrong-input", "there is nothing to poll");
  const input = absoluteInput(poll.action, renderTemplate(poll.with, scopeOf(world.values)), world.cwd);
  let result: Look["result"];
  try {
    result = await runRead(world, poll.action, input, place, "check");
  } catch (error) {
    if (error instanceof TurnEnds || (error instanceof ActionFailure && error.kind === "wrong-input")) throw error;
    return { result: null, until: false, failIf: false, seen: sentence(error), failed: true };
  }
  const scope = scopeOf(world.values, { result });
  const failIf = poll.failIf ? holds(poll.failIf, scope) : false;
  return { result, until: holds(poll.until, scope), failIf, seen: summarize(result), failed: false };
}
