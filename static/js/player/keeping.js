// A sitting's record on its way into the outbox: begun, saved, kept. No DOM. What writes does so one after another, so
// that an older write never lands on a newer, and the same taps never make two records.
import { isWorthKeeping } from "./outbox.js";
import { UNRATED } from "./record.js";
import { uuidv7 } from "./uuid.js";

/** @typedef {import("./record.js").SittingRecord} SittingRecord */

export class Keeping {
  #means;
  #id = "";
  #startedAt = new Date();
  #turn = Promise.resolve();
  /** True once the person signs out: nothing is written any more. */
  #stopped = false;
  /** True when the page seemed to go since the save under way began. */
  #left = false;
  /** What was last saved under this id. @type {SittingRecord|null} */
  #saved = null;
  /** The last id another page took for abandoned, and what was credited under such ids. */
  #taken = "";
  #credited = { seconds: 0, ...UNRATED };
  /** @type {import("./outbox.js").Outbox|null} at hand without waiting, for when the page goes */ #box = null;

  /**
   * @param {{outbox: Promise<import("./outbox.js").Outbox>, person: string, makeRecord: (id: string, startedAt: Date) => SittingRecord,
   *   hold?: (id: string) => void, release?: (id: string) => void, makeId?: () => string}} means
   *   `makeRecord`: the whole sitting as it is now; `hold`, `release`: say that a draft is under way on this page
   */
  constructor(means) {
    this.#means = { hold: () => {}, release: () => {}, makeId: uuidv7, ...means };
    means.outbox.then((box) => (this.#box = box)).catch(() => {});
  }

  begin() {
    if (this.#id || this.#stopped) return this.#turn;
    this.#startedAt = new Date();
    this.#open();
    return this.#next(() => this.#write()).catch(() => {});
  }

  save() {
    return this.#id ? this.#next(() => this.#save()).catch(() => {}) : this.#turn;
  }

  /** As the page goes there is no time to wait for a turn. */
  leave() {
    if (!this.#id || this.#stopped || !this.#box) return;
    this.#left = true;
    this.#saved = this.#record();
    this.#box.saveLeaving(this.#means.person, this.#saved).catch(() => {});
  }

  /**
   * Keeps it for good, once. Rejects when the phone could not; then the last draft stays for later.
   * @returns {Promise<{id: string, kept: boolean}>} under which id it is to be found; not kept when there was too little
   */
  async finish() {
    let found = { id: "", kept: false };
    await this.#next(async () => {
      await this.#save().catch(() => {});
      const box = await this.#means.outbox;
      const id = this.#id;
      if (!id) return;
      const last = this.#record();
      // From here on a save or a leave finds nothing to write: the phone may be locked while this is written.
      this.#id = "";
      found = { id: this.#taken, kept: this.#taken !== "" };
      try {
        if (await box.finish(this.#means.person, last)) found = { id, kept: true };
      } finally {
        this.#means.release(id);
      }
    });
    return found;
  }

  /** Writes nothing more; settles when what was being written is. */
  async stop() {
    this.#stopped = true;
    if (this.#id) this.#means.release(this.#id);
    this.#id = "";
    await this.#turn;
  }

  /** @param {() => Promise<void>} act */
  #next(act) {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #save() {
    const id = this.#id;
    if (!id || this.#stopped) return;
    const draft = this.#record();
    const box = await this.#means.outbox;
    this.#left = false;
    if (await box.saveDraft(draft)) {
      if (this.#id === id) this.#saved = draft;
      return;
    }
    // Ended or signed out meanwhile; or written as the page went, which made it a draft again.
    if (this.#id !== id || this.#left) return;
    // Another page took this sitting for abandoned and credited what was saved of it: go on under a new id, from there.
    if (this.#saved && isWorthKeeping(this.#saved)) this.#credit(this.#saved);
    this.#means.release(id);
    this.#open();
    await this.#write();
  }

  #open() {
    this.#id = this.#means.makeId();
    this.#saved = null;
    this.#means.hold(this.#id);
  }

  async #write() {
    const box = await this.#means.outbox;
    const id = this.#id;
    if (!id) return;
    const draft = this.#record();
    await box.begin(this.#means.person, draft);
    if (this.#id === id) this.#saved = draft;
  }

  /** @param {SittingRecord} saved */
  #credit({ id, seconds_heard, fit, effect, barrier }) {
    const before = this.#credited;
    this.#taken = id;
    this.#startedAt = new Date();
    this.#credited = {
      seconds: before.seconds + seconds_heard,
      fit: fit ?? before.fit,
      effect: effect ?? before.effect,
      barrier: barrier ?? before.barrier,
    };
  }

  /** What is not credited yet: an answer already sent is not given twice. */
  #record() {
    const whole = this.#means.makeRecord(this.#id, this.#startedAt);
    const { seconds, fit, effect, barrier } = this.#credited;
    return {
      ...whole,
      seconds_heard: Math.max(0, whole.seconds_heard - seconds),
      fit: whole.fit === fit ? null : whole.fit,
      effect: whole.effect === effect ? null : whole.effect,
      barrier: whole.barrier === barrier ? null : whole.barrier,
    };
  }
}
