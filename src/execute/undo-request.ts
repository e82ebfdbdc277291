import type { EventOf } from "../event/event.ts";

/** Ends the forward work of a turn: the run, or what came from a step on, is to be undone now. */
export class UndoRequest extends Error {
  override readonly name = "UndoRequest";
  readonly via: EventOf<"undo-begun">["via"];
  readonly by: string;
  /** Back to this step; everything without it. */
  readonly to: string | undefined;
  readonly why: string | undefined;

  constructor(request: { via: EventOf<"undo-begun">["via"]; by: string; to?: string; why?: string }) {
    super("the run is to be undone");
    this.via = request.via;
    this.by = request.by;
    this.to = request.to;
    this.why = request.why;
  }
}

/** Ends one instance of what is repeated; the others go on. */
export class InstanceFailure extends Error {
  override readonly name = "InstanceFailure";
}
