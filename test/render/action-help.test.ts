import { test } from "uvu";
import { defineChange, defineRead } from "../../src/action/define-action.ts";
import { renderActionHelp, renderActionList } from "../../src/render/action-help.ts";
import { expectText } from "./expected-text.ts";

const copy = defineChange({
  name: "files.copy",
  summary: "Copy a file or folder",
  description: "Modes and times are kept; ACLs are not. Nothing is ever overwritten.\n\nStop what writes there first.",
  example: "from: /a\nto: /b\n",
  repeatable: true,
  undoes: "moves the copy to the trash",
  input: {
    type: "object",
    required: ["from", "to"],
    properties: {
      from: { type: "string", description: "The file or folder to copy" },
      to: { type: "string", description: "The path of the copy, name included; nothing may be there" },
      mode: { enum: ["fast", "safe"], default: "safe", description: "How" },
      rules: {
        type: "array",
        minItems: 1,
        description: "What is left out",
        items: { type: "object", required: ["match"], properties: { match: { type: "string", pattern: "^[a-z]+$" } } },
      },
    },
  },
  result: {
    type: "object",
    required: ["bytes"],
    properties: { bytes: { type: "integer", minimum: 0, description: "Its size" } },
  },
  run: async () => ({ bytes: 1 }),
});
const look = defineRead({
  name: "checksum.verify",
  summary: "Check files against a manifest of SHA-256 sums",
  example: "manifest: /a\n",
  input: { type: "object", properties: {} },
  result: { type: "boolean", description: "Whether all fit" },
  run: async () => true,
});

for (const width of [80, 200]) {
  test(`an action's help at ${width} columns`, () => {
    expectText(
      `action-${width}`,
      [copy, look].map((action) => renderActionHelp(action, { color: false, width })).join("\n==========\n"),
    );
  });

  test(`the list of actions at ${width} columns`, () => {
    expectText(`actions-${width}`, renderActionList([copy, look], { color: false, width }));
  });
}

test.run();
