import { hostname } from "node:os";
import type { RunState } from "../event/run-state.ts";
import type { ApprovalRequest, ApprovalStand, Approvals } from "../execute/approvals.ts";
import type { ApprovalQuestion } from "../journal/approval-request.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Io } from "./io.ts";

/** Approvals through files in the run's folder: other users hand theirs in there with `belay approve`. */
export function fileApprovals(
  folder: RunFolder,
  runbook: Runbook,
  state: RunState,
  io: Io,
  warn: (line: string) => void,
): Approvals {
  const told = new Set<string>();
  const load = () =>
    Promise.all([
      import("../journal/approvals.ts"),
      import("../journal/approval-verdicts.ts"),
      import("../journal/approval-tally.ts"),
      import("../journal/approval-folder.ts"),
    ]).then(([asking, verdicts, tally, place]) => ({ ...asking, ...verdicts, ...tally, ...place }));
  const questionOf = (request: ApprovalRequest): ApprovalQuestion => {
    const { target, ...rest } = request;
    const [connection = "host", summary = target] = target.includes(": ") ? target.split(/: (.*)/s) : ["host", target];
    return {
      ...rest,
      run: folder.id,
      runbook: { name: runbook.name, title: runbook.title, version: runbook.version },
      target: [{ connection, summary: summary || hostname() }],
      operators: operatorsOf(state, io),
    };
  };
  const asked = new Map<string, ReturnType<Awaited<ReturnType<typeof load>>["askApproval"]>>();
  const askedOnce = async (request: ApprovalRequest) => {
    const known = asked.get(request.id);
    const made = known ?? (await load()).askApproval(folder, questionOf(request));
    asked.set(request.id, made);
    return made;
  };
  return {
    patient: io.interactive,
    async ask(request) {
      const { closedToOthers } = await load();
      const { digest } = await askedOnce(request);
      const closed = closedToOthers(folder);
      if (closed !== undefined)
        warn(`other users can't reach ${closed}: to be approved by them, a run needs a BELAY_HOME that they can enter`);
      return digest;
    },
    async stand(request) {
      const { readVerdicts, tally } = await load();
      const found = readVerdicts(folder, await askedOnce(request));
      for (const line of found.warnings) {
        if (!told.has(line)) warn(line);
        told.add(line);
      }
      const stand = tally(await askedOnce(request), found.verdicts);
      return (stand.state === "rejected" ? { ...stand, by: [stand.by] } : stand) as ApprovalStand;
    },
    async withdraw(step, stand) {
      const { withdrawRequest } = await load();
      if (stand.state === "waiting") withdrawRequest(folder, step);
      else withdrawRequest(folder, step, { state: stand.state, by: stand.by as never });
    },
  };
}

/** Everybody who worked at the run; of this turn's operator also the user ids, which nobody can make up. */
function operatorsOf(state: RunState, io: Io): ApprovalQuestion["operators"] {
  const uid = process.geteuid?.();
  const sudoUid = Number(io.env["SUDO_UID"] ?? Number.NaN);
  const names = new Set(state.turnList.map(({ operator }) => operator.user));
  return [...names].map((user) =>
    user === io.user
      ? { user, ...(uid === undefined ? {} : { uid }), ...(Number.isInteger(sudoUid) ? { sudoUid } : {}) }
      : { user },
  );
}
