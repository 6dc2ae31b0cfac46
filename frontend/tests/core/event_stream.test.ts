import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventReader, type StreamEvent } from "../../src/core/event_stream.ts";

const STREAM = 'id: 1-0-1\nevent: hello\ndata: {"reason":"started"}\n\n: still here\n\nid: 1-0-2\r\ndata: a\r\ndata:b\r\ndata\r\n\r\ndata: c\r\r';
const EVENTS: readonly StreamEvent[] = [
  { name: "hello", data: '{"reason":"started"}', id: "1-0-1" },
  { name: "message", data: "a\nb\n", id: "1-0-2" },
  { name: "message", data: "c", id: "1-0-2" },
];

test("events are the same however the stream is cut", () => {
  fc.assert(fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
    const reader = new EventReader();
    const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
    const pieces = at.slice(1).map((end, index) => STREAM.slice(at[index], end));
    // What ends with half a line break ends for certain with what comes next.
    assert.deepEqual([...pieces, ": more\n"].flatMap((piece) => reader.read(piece)), EVENTS);
  }));
});

test("comments and unknown fields say nothing, and an event without data is none", () => {
  const reader = new EventReader();
  assert.deepEqual(reader.read(": a\nretry: 5\nevent: x\nid: 7\n\ndata: y\n\n"), [{ name: "message", data: "y", id: "7" }]);
});

test("an event that does not end is given up before it fills the memory", () => {
  const reader = new EventReader();
  const piece = "x".repeat(1_000);
  assert.throws(() => {
    for (let count = 0; count < 100; count++) reader.read(piece);
  }, RangeError);
  const lines = new EventReader();
  assert.throws(() => {
    for (let count = 0; count < 100; count++) lines.read(`data: ${piece}\n`);
  }, RangeError);
});

test("a stream may say nothing but comments for weeks", () => {
  const reader = new EventReader();
  for (let count = 0; count < 20_000; count++) assert.deepEqual(reader.read(": still here\n\n"), []);
});
