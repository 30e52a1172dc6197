import assert from "node:assert/strict";
import { test } from "node:test";

import { around, shift, sight } from "../islands/geometry.ts";

test("what is in sight is counted from the edges between which rows can be read", () => {
  assert.deepEqual(sight(200, 74, 800, 31, 100_000), { first: 0, last: 20 });
  assert.deepEqual(sight(74 - 31 * 500, 74, 800, 31, 100_000), { first: 500, last: 524 });
  assert.deepEqual(sight(900, 74, 800, 31, 100_000), { first: 0, last: 0 });
  assert.deepEqual(sight(-31 * 100_000, 74, 800, 31, 100_000), { first: 100_000, last: 100_000 });
  assert.deepEqual(sight(0, 0, 800, 0, 10), { first: 0, last: 0 });
  assert.deepEqual(sight(0, 0, 800, 31, 0), { first: 0, last: 0 });
});

test("rows beside it stay within the list", () => {
  assert.deepEqual(around({ first: 3, last: 20 }, 12, 25), { first: 0, last: 25 });
});

test("walking scrolls as little as it can: not at all for a row in sight", () => {
  assert.equal(shift(5, 100, 74, 800, 31), 0);
  assert.equal(shift(0, -100, 74, 800, 31), -174);
  assert.equal(shift(30, 100, 74, 800, 31), 100 + 31 * 31 - 800);
});

test("for every place on a long list, walking to a row brings it into sight", () => {
  for (let row = 0; row < 100_000; row += 997) {
    const top = 300 - shift(row, 300, 74, 800, 31);
    const seen = sight(top, 74, 800, 31, 100_000);
    assert.ok(seen.first <= row && row < seen.last, String(row));
  }
});
