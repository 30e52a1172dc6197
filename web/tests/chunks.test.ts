import assert from "node:assert/strict";
import { test } from "node:test";

import { Chunks, RUN } from "../islands/chunks.ts";

const run = (from: number, count = RUN): number[] => Array.from({ length: count }, (_, i) => from + i);

test("a counted list is asked for by cursor where it goes on, and by place where one jumps", () => {
  const rows = new Chunks<number>(100_000);
  rows.put(0, run(0), "a");
  assert.equal(rows.length, 100_000);
  assert.deepEqual(rows.wants(0, 50), []);
  assert.deepEqual(rows.wants(90, 130), [{ run: 1, cursor: "a" }]);
  assert.deepEqual(rows.wants(50_010, 50_040), [{ run: 500, skip: 50_000 }]);
  rows.put(500, run(50_000), "b");
  assert.equal(rows.row(50_001), 50_001);
  assert.deepEqual(rows.wants(50_090, 50_110), [{ run: 501, cursor: "b" }]);
  assert.equal(rows.row(99), 99);
  assert.equal(rows.row(100), undefined);
});

test("a list without a length grows run by run, of whatever size, and ends", () => {
  const rows = new Chunks<number>(null);
  rows.put(0, run(0, 80), "a");
  assert.equal(rows.length, 81);
  assert.deepEqual(rows.wants(70, 90), [{ run: 1, cursor: "a" }]);
  rows.put(1, [], "b"); // the server looked for as long as it may, and found nothing yet
  assert.deepEqual(rows.wants(70, 90), [{ run: 2, cursor: "b" }]);
  rows.put(2, run(80, 5), "");
  assert.equal(rows.length, 85);
  assert.equal(rows.row(79), 79);
  assert.equal(rows.row(80), 80);
  assert.deepEqual(rows.wants(0, 1000), []);
});

test("whatever is looked at, no more runs are held than may be, and those in sight are", () => {
  const rows = new Chunks<number>(1_000_000, 8);
  rows.put(0, run(0), "c0");
  for (let turn = 0; turn < 500; turn += 1) {
    const first = (turn * 7919 * 101) % 999_800;
    for (const ask of rows.wants(first, first + 120)) rows.put(ask.run, run(ask.run * RUN), `c${ask.run}`);
    assert.ok(rows.runs <= 8);
    for (let row = first; row < first + 120; row += 1) assert.equal(rows.row(row), row);
  }
});

test("a run that made room is asked for again by its cursor", () => {
  const rows = new Chunks<number>(null, 2);
  let from = 0;
  for (const [number, cursor] of ["a", "b", "c", "d"].entries()) {
    rows.put(number, run(from), cursor);
    from += RUN;
  }
  assert.equal(rows.row(0), undefined);
  assert.deepEqual(rows.wants(0, 10), [{ run: 0, cursor: "" }]);
  assert.deepEqual(rows.wants(100, 110), [{ run: 1, cursor: "a" }]);
});

test("a list that shrank tells its new length", () => {
  const rows = new Chunks<number>(500);
  rows.put(0, run(0), "a");
  rows.put(4, run(400, 20), "", 420);
  assert.equal(rows.length, 420);
});
