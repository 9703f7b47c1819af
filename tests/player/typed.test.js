import assert from "node:assert/strict";
import { test } from "node:test";
import { same, Typed } from "../../static/js/writing/typed.js";

/** A device's storage. */
function device() {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value), removeItem: (name) => void kept.delete(name), kept };
}
const written = (script, more = []) => [["title", "Warm hands"], ["script", script], ...more];
const page = (base, fields, isUnkept = false) => ({ base, fields, isUnkept, now: 5 });

test("what was typed before a crash is brought back", () => {
  const storage = device();
  new Typed(storage, "amira", "own-warm-hands").hold("3", written("# Arrive"), 1);
  const typed = new Typed(storage, "amira", "own-warm-hands");
  assert.equal(typed.meet(page("3", written("# Before"))), "bring-back");
  assert.deepEqual(typed.read(), { base: "3", at: 1, fields: written("# Arrive") });
});

test("what has arrived is forgotten, also where the server has ended its lines in its own way", () => {
  const storage = device();
  const typed = new Typed(storage, "amira", "own-warm-hands");
  typed.hold("3", written("# Arrive\r\n\r\nSit.  ", [["note", "First"], ["word_1", ""], ["base", "3"]]), 1);
  assert.equal(typed.meet(page("4", written("# Arrive\n\nSit.", [["base", "4"]]))), "nothing");
  assert.equal(typed.read(), null);
});

test("over another version nothing is brought back without asking", () => {
  const typed = new Typed(device(), "amira", "own-warm-hands");
  typed.hold("3", written("Mine"), 1);
  assert.equal(typed.meet(page("4", written("Theirs"))), "ask");
  assert.notEqual(typed.read(), null);
});

test("a page that shows what was typed is what counts from then on", () => {
  const typed = new Typed(device(), "amira", "own-warm-hands");
  typed.hold("3", written("Older"), 1);
  assert.equal(typed.meet(page("4", written("Mine again"), true)), "nothing");
  assert.deepEqual(typed.read(), { base: "4", at: 5, fields: written("Mine again") });
});

test("nobody finds what somebody else typed, or what she typed elsewhere", () => {
  const storage = device();
  new Typed(storage, "amira", "own-one").hold("1", written("Mine"), 1);
  assert.equal(new Typed(storage, "noor", "own-one").read(), null);
  assert.equal(new Typed(storage, "amira", "own-two").read(), null);
});

test("storage that is broken or not allowed stops nobody from writing", () => {
  const broken = device();
  for (const text of ["{", "[]", "7", '{"base":3}', '{"base":"3","at":1,"fields":[["a"]]}', "null"]) {
    broken.kept.set("kith:writing:amira:own-one", text);
    assert.equal(new Typed(broken, "amira", "own-one").meet(page("1", written("Mine"))), "nothing");
  }
  const refuse = () => {
    throw new Error("not allowed");
  };
  const typed = new Typed({ getItem: refuse, setItem: refuse, removeItem: refuse }, "amira", "own-one");
  assert.equal(typed.hold("1", written("Mine"), 1), false);
  assert.equal(typed.meet(page("1", written("Mine"))), "nothing");
});

test("the order of boxes that were ticked makes no difference, and the text does", () => {
  assert.ok(same([["targets", "self"], ["targets", "all"]], [["targets", "all"], ["targets", "self"]]));
  assert.ok(!same(written("One"), written("Two")));
});
