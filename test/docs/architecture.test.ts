import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(resolve(root, file), "utf8");

/** `room: [others]` of the house's test. */
function arrowsOfHouse(): Map<string, string[]> {
  const [, block = ""] = /const arrows[^=]*= \{([\s\S]*?)\n\};/.exec(read("test/house/house.test.ts")) ?? [];
  const rooms = [...block.matchAll(/^ {2}(\w+): \[([\s\S]*?)\],?$/gm)];
  return new Map(
    rooms.map(([, room = "", list = ""]) => [room, [...list.matchAll(/"(\w+)"/g)].map(([, one = ""]) => one)]),
  );
}

test("docs/architecture.md has the rooms and arrows of the house", () => {
  const [, block = ""] = /<!-- rooms -->([\s\S]*?)<!-- end of rooms -->/.exec(read("docs/architecture.md")) ?? [];
  const rows = block.split("\n").filter((line) => line.startsWith("| `"));
  const house = arrowsOfHouse();
  assert.ok(house.size > 10);
  assert.equal(
    rows.map((row) => /`(\w+)`/.exec(row)?.[1]),
    [...house.keys()],
  );
  for (const row of rows) {
    const [, name = "", knows = ""] = row.split("|");
    const room = name.replace(/[` ]/g, "");
    if (knows.trim() === "all") assert.is(house.get(room)?.length, house.size - 1);
    else
      assert.equal(
        [...knows.matchAll(/`(\w+)`/g)].map(([, one]) => one).sort(),
        [...(house.get(room) ?? [])].sort(),
        room,
      );
  }
});

test.run();
