import assert from "node:assert/strict";
import { test } from "node:test";

import { ago } from "../islands/ago.ts";
import { filled } from "../islands/dom.ts";

test("how long ago is said in the unit that a person would take", () => {
  const now = 10 ** 12;
  const cases: [number, string, number][] = [[0, "s", 0], [119, "s", 119], [120, "min", 2], [5399, "min", 89], [5400, "h", 1], [129_599, "h", 35], [129_600, "d", 1]];
  for (const [seconds, unit, n] of cases) assert.deepEqual(ago(now - seconds * 1000, now), { unit, n });
  assert.deepEqual(ago(now + 5000, now), { unit: "s", n: 0 }); // clocks differ
});

test("only what has a value is filled in", () => {
  assert.equal(filled("{first}–{last} of {total}", { first: 1, last: 2 }), "1–2 of {total}");
});
