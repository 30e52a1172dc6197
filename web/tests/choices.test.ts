import assert from "node:assert/strict";
import { test } from "node:test";

import { fresh, moved } from "../islands/choices.ts";

test("keys go round through the field itself", () => {
  assert.equal(moved(-1, 3, "ArrowDown"), 0);
  assert.equal(moved(2, 3, "ArrowDown"), -1);
  assert.equal(moved(-1, 3, "ArrowUp"), 2);
  assert.equal(moved(0, 3, "ArrowUp"), -1);
  assert.equal(moved(1, 3, "x"), 1);
  assert.equal(moved(1, 0, "ArrowDown"), -1);
});

test("an answer to what is no longer typed is not shown", () => {
  assert.ok(fresh({ text: "a", at: 1 }, { text: "a", at: 1 }));
  assert.ok(!fresh({ text: "a", at: 1 }, { text: "ab", at: 2 }));
});
