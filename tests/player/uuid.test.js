import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../../static/js/player/uuid.js";

test("the example of RFC 9562 comes out", () => {
  const random = Uint8Array.from([0xcc, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  assert.equal(uuidv7(0x017f22e279b0, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
});

test("an id has the version and variant whatever the bytes", () => {
  for (const byte of [0, 0xff]) {
    assert.match(uuidv7(1_800_000_000_000, new Uint8Array(10).fill(byte)), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("a later id sorts after an earlier one", () => {
  const zeros = new Uint8Array(10);
  const ones = new Uint8Array(10).fill(255);
  assert.ok(uuidv7(1_800_000_000_000, ones) < uuidv7(1_800_000_000_001, zeros));
});

test("a thousand ids of one moment differ", () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => uuidv7(1_800_000_000_000))).size, 1000);
});

test("too few random bytes are refused", () => assert.throws(() => uuidv7(0, new Uint8Array(9)), RangeError));
