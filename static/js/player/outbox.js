// What was practised or answered and has not yet reached the server. No DOM: the store is handed in (store.js, or a plain Map in
// tests). A sitting left half-way is sent as far as it came; answers left half-way stay here until she finishes them or throws
// them away.

/**
 * @typedef {import("./record.js").SittingRecord} SittingRecord
 * @typedef {{id: string, instrument: string, answered_at: string, answers: (number|null)[], order?: string, questionnaire?: string}} ResponseRecord
 * @typedef {"sitting"|"response"} Kind
 * @typedef {{place: number, title: string, path: string}} Begun  where she was, what it is called, where it goes on
 * @typedef {{id: string, person: string, state: "draft"|"ready"|"refused", record: SittingRecord|ResponseRecord, kind?: Kind, draft?: Begun, why?: string}} Entry
 *   without a kind: a sitting, as phones kept them before there were others
 * @typedef {{put(entry: Entry): Promise<void>, get(id: string): Promise<Entry|undefined>, all(): Promise<Entry[]>,
 *   remove(ids: string[]): Promise<void>}} Store  each promise settles only when the change is durable
 */

/** A draft of fewer seconds than this was opened rather than practised: it is dropped. */
export const LEAST_SECONDS = 10;

/** @param {SittingRecord} record */
const isRated = (record) => record.fit !== null || record.effect !== null || record.barrier !== null;

/** @param {SittingRecord} record one that says something: enough was heard, or the person answered */
export const isWorthKeeping = (record) => record.seconds_heard >= LEAST_SECONDS || isRated(record);

/** @param {Entry} entry @returns {Kind} */
export const kindOf = (entry) => entry.kind ?? "sitting";

export class Outbox {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {string} person @param {SittingRecord} record */
  async begin(person, record) {
    await this.store.put({ id: record.id, person, state: "draft", record });
  }

  /**
   * Saves a draft again. False, and nothing is changed, when it is a draft no longer: another page took this one for
   * abandoned and sent it. What follows must then be a record of its own.
   * @param {SittingRecord} record @returns {Promise<boolean>}
   */
  async saveDraft(record) {
    const entry = await this.store.get(record.id);
    if (entry?.state !== "draft") return false;
    await this.store.put({ ...entry, record });
    return true;
  }

  /**
   * Saves a draft as its page goes: there is no time to look first. Should another page have sent it meanwhile, it is
   * sent once more, and the server keeps it once.
   * @param {string} person @param {SittingRecord} record
   */
  saveLeaving(person, record) {
    return this.store.put({ id: record.id, person, state: "draft", record });
  }

  /** @param {string} person @param {SittingRecord} record @returns {Promise<boolean>} false when there was too little to keep */
  async finish(person, record) {
    if (isWorthKeeping(record)) {
      await this.store.put({ id: record.id, person, state: "ready", record });
      return true;
    }
    await this.store.remove([record.id]);
    return false;
  }

  /**
   * Drafts that belong to no open page become ready: a browser killed half-way still credits what was heard.
   * @param {string} person
   * @param {Iterable<string>} [except] ids of sittings still under way
   * @returns {Promise<number>} how many became ready
   */
  async finaliseDrafts(person, except = []) {
    const underWay = new Set(except);
    const stale = (await this.list(person, "draft", "sitting")).filter((entry) => !underWay.has(entry.id));
    let finalised = 0;
    for (const entry of stale) if (await this.finish(person, /** @type {SittingRecord} */ (entry.record))) finalised += 1;
    return finalised;
  }

  /**
   * Saves answers as a draft. False, and nothing is changed, when it was begun before and is a draft no longer.
   * @param {string} person @param {ResponseRecord} record @param {Begun} draft @param {boolean} isNew nothing of it was kept before
   * @returns {Promise<boolean>}
   */
  async saveResponse(person, record, draft, isNew) {
    if (!isNew && (await this.store.get(record.id))?.state !== "draft") return false;
    await this.store.put({ id: record.id, person, kind: "response", state: "draft", record, draft });
    return true;
  }

  /**
   * She has finished: ready to be sent. False when another window sent it or threw it away.
   * @param {string} person @param {ResponseRecord} record @param {boolean} isNew @returns {Promise<boolean>}
   */
  async finishResponse(person, record, isNew) {
    if (!isNew && (await this.store.get(record.id))?.state !== "draft") return false;
    await this.store.put({ id: record.id, person, kind: "response", state: "ready", record });
    return true;
  }

  /** Oldest first. @param {string} person @param {Entry["state"]} [state] @param {Kind} [kind] @returns {Promise<Entry[]>} */
  async list(person, state, kind) {
    const mine = (await this.store.all()).filter(
      (entry) => entry.person === person && (!state || entry.state === state) && (!kind || kindOf(entry) === kind),
    );
    return mine.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  /** The server holds these. @param {string[]} ids */
  async remove(ids) {
    if (ids.length > 0) await this.store.remove(ids);
  }

  /** Keeps what the server would not take, with its reason; it is not sent again by itself. @param {string} id @param {string} why */
  async refuse(id, why) {
    const entry = await this.store.get(id);
    if (entry) await this.store.put({ ...entry, state: "refused", why });
  }

  /** The person asks to try a refused one again. @param {string} id */
  async retry(id) {
    const entry = await this.store.get(id);
    if (entry?.state === "refused") await this.store.put({ id, person: entry.person, kind: kindOf(entry), state: "ready", record: entry.record });
  }

  /** Forgets everything of one person's, because she said so. @param {string} person */
  async clear(person) {
    await this.remove((await this.list(person)).map((entry) => entry.id));
  }
}

/** A store that lasts as long as the page: for tests, and for browsers that allow no other. @returns {Store} */
export function memoryStore() {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  return {
    put: async (entry) => void entries.set(entry.id, structuredClone(entry)),
    get: async (id) => structuredClone(entries.get(id)),
    all: async () => structuredClone([...entries.values()]),
    remove: async (ids) => ids.forEach((id) => entries.delete(id)),
  };
}
