// Answers on their way: each kept on this device at once as a draft, and ready only when she says so. No DOM. What writes does so
// one after another, so that an older write never lands on a newer.
import { localRfc3339 } from "../player/record.js";
import { uuidv7 } from "../player/uuid.js";
import { fits, makeResponse } from "./sheet.js";

/** @typedef {import("./sheet.js").Sheet} Sheet @typedef {import("./sheet.js").Answers} Answers */
/** @typedef {import("../player/outbox.js").Outbox} Outbox */

export class Keeping {
  #means;
  #id = "";
  #turn = Promise.resolve();
  #stopped = false;
  /** Whether anything of it was ever written here. */
  #written = false;

  /** @param {{outbox: Promise<Outbox>, person: string, sheet: Sheet, path: string, makeId?: () => string, now?: () => Date}} means */
  constructor(means) {
    this.#means = { makeId: uuidv7, now: () => new Date(), ...means };
  }

  /** The id of these answers; "" before anything was answered. */
  get id() {
    return this.#id;
  }

  /** What was begun here before, on these very words; the newest. @returns {Promise<{answers: Answers, place: number}|null>} */
  async resume() {
    const { outbox, person, sheet } = this.#means;
    const drafts = await (await outbox).list(person, "draft", "response");
    const mine = drafts.filter((entry) => fits(sheet, /** @type {any} */ (entry.record))).at(-1);
    if (!mine) return null;
    this.#id = mine.id;
    this.#written = true;
    return { answers: [.../** @type {any} */ (mine.record).answers], place: mine.draft?.place ?? 1 };
  }

  /**
   * Saves the answers as they are. False when the draft is a draft no longer: another window sent it or threw it away.
   * @param {Answers} answers @param {number} place @returns {Promise<boolean>}
   */
  save(answers, place) {
    return this.#next(async () => {
      if (this.#stopped) return true;
      this.#id ||= this.#means.makeId();
      const draft = { place, title: this.#means.sheet.title, path: this.#means.path };
      const box = await this.#means.outbox;
      const saved = await box.saveResponse(this.#means.person, this.#record(answers), draft, !this.#written);
      this.#written ||= saved;
      return saved;
    });
  }

  /**
   * Ready to be sent. Where another window was faster and finished with these very answers, that is as good; with others, or when they
   * are here no more, it is `elsewhere`.
   * @param {Answers} answers @returns {Promise<{id: string, was: "kept"|"elsewhere"}>}
   */
  finish(answers) {
    return this.#next(async () => {
      this.#id ||= this.#means.makeId();
      const id = this.#id;
      const box = await this.#means.outbox;
      if (await box.finishResponse(this.#means.person, this.#record(answers), !this.#written)) return { id, was: "kept" };
      const there = /** @type {any} */ ((await box.store.get(id))?.record);
      return { id, was: JSON.stringify(there?.answers) === JSON.stringify(answers) ? "kept" : "elsewhere" };
    });
  }

  /** She begins again: what was begun is gone. */
  drop() {
    return this.#next(async () => {
      const id = this.#id;
      this.#id = "";
      this.#written = false;
      if (id) await (await this.#means.outbox).remove([id]);
    });
  }

  /** Writes nothing more; settles when what was being written is. */
  async stop() {
    this.#stopped = true;
    await this.#turn;
  }

  /** @param {Answers} answers */
  #record(answers) {
    return makeResponse({ id: this.#id, sheet: this.#means.sheet, answers: [...answers], answeredAt: localRfc3339(this.#means.now()) });
  }

  /** @template T @param {() => Promise<T>} act @returns {Promise<T>} */
  #next(act) {
    const turn = this.#turn.then(act);
    this.#turn = turn.then(() => {}, () => {});
    return turn;
  }
}
