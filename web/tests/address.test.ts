import assert from "node:assert/strict";
import { test } from "node:test";

import { alike, asked, placed } from "../islands/address.ts";

const page = "http://127.0.0.1:1/incidents?severity=high&cursor=old&skip=300#row";

test("a run is asked for with the filters of the page and one place only", () => {
  assert.equal(asked(page, { run: 5, skip: 500 }), "http://127.0.0.1:1/incidents?severity=high&skip=500");
  assert.equal(asked(page, { run: 1, cursor: "a&b" }), "http://127.0.0.1:1/incidents?severity=high&cursor=a%26b");
  assert.equal(asked(page, { run: 0, cursor: "" }), "http://127.0.0.1:1/incidents?severity=high");
});

test("the bar tells the run that is read, and nothing at the beginning", () => {
  const bare = "http://127.0.0.1:1/incidents?severity=high";
  assert.equal(placed(bare, 1234), `${bare}&skip=1200`);
  assert.equal(placed(placed(bare, 1234), 99), bare);
  assert.ok(alike(placed(bare, 5000), bare));
});
