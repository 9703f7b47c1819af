// When the last screen offers something else, and what goes along.
import assert from "node:assert/strict";
import { test } from "node:test";

import { somethingElse, unsuits } from "../../static/js/player/done.js";

const taps = (/** @type {Partial<import("../../static/js/player/record.js").Taps>} */ some) => ({ fit: null, effect: null, barrier: null, ...some });

test("something else is offered when it fitted badly, left the person worse or something got in the way", () => {
  for (const bad of [{ fit: 3 }, { fit: 0, effect: 2 }, { effect: -1 }, { effect: -2 }, { barrier: "time" }, { fit: 9, barrier: "faith" }])
    assert.equal(unsuits(taps(bad)), true, JSON.stringify(bad));
  for (const good of [{}, { fit: 4 }, { effect: 0, barrier: "nothing" }, { fit: 10, effect: 2 }])
    assert.equal(unsuits(taps(good)), false, JSON.stringify(good));
});

test("what was tapped goes along", () => {
  const pack = /** @type {import("../../static/js/player/pack.js").Pack} */ ({ something_else: "/something-else?from=wish-self" });
  assert.equal(somethingElse(pack, taps({ effect: -2, barrier: "backdraft", fit: 1 })), "/something-else?from=wish-self&barrier=backdraft&effect=-2");
  assert.equal(somethingElse(pack, taps({})), "/something-else?from=wish-self");
});
