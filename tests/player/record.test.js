import assert from "node:assert/strict";
import { test } from "node:test";
import { localRfc3339, makeRecord } from "../../static/js/player/record.js";

const pack = { practice: "circle-short", revision: "ab12cd34ef56", minutes: 10, person: "k3", variables: { dear_one: { ask: "", default: "" } } };

test("the time is local, with its offset", () => {
  const date = new Date("2027-03-20T09:30:05.120Z");
  for (const [offset, written] of [[60, "2027-03-20T10:30:05.120+01:00"], [0, "2027-03-20T09:30:05.120+00:00"], [-210, "2027-03-20T06:00:05.120-03:30"], [765, "2027-03-20T22:15:05.120+12:45"]]) {
    assert.equal(localRfc3339(date, offset), written);
    assert.equal(Date.parse(written), date.getTime());
  }
});

test("a record holds exactly what the server is told, unrated by default", () => {
  const record = makeRecord({ id: "i", pack, startedAt: new Date(), heardSeconds: 419.7, finished: false });
  assert.deepEqual(Object.keys(record), ["id", "practice", "revision", "started_at", "minutes", "seconds_heard", "finished", "fit", "effect", "barrier"]);
  assert.deepEqual([record.seconds_heard, record.fit, record.effect, record.barrier], [419, null, null, null]);
});

test("a sum a sliver short of a second is that second, and none is made up", () => {
  const heard = (heardSeconds) => makeRecord({ id: "i", pack, startedAt: new Date(), heardSeconds, finished: true }).seconds_heard;
  assert.equal(heard(599.9999999), 600);
  assert.equal(heard(599.6), 599);
  assert.equal(heard(-1), 0);
});
