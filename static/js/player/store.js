// The outbox's real store: one IndexedDB object store. A write is done only when its transaction is complete.
import { memoryStore } from "./outbox.js";

/** @typedef {import("./outbox.js").Store} Store @typedef {import("./outbox.js").Entry} Entry */

const DATABASE = "kith";
const OUTBOX = "outbox";

/**
 * Opens the store; where the browser allows none (some private windows), one that lasts as long as the page, and says so.
 * @returns {Promise<{store: Store, lasting: boolean}>}
 */
export async function openStore() {
  try {
    return { store: over(await open()), lasting: true };
  } catch {
    return { store: memoryStore(), lasting: false };
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OUTBOX, { keyPath: "id" });
    request.onsuccess = () => {
      // A later version of the page, in another tab, must not wait for this one to be closed.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** @param {IDBDatabase} database @returns {Store} */
function over(database) {
  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(outbox: IDBObjectStore) => IDBRequest<T>|void} act
   * @returns {Promise<T>}
   */
  const within = (mode, act) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(OUTBOX, mode, { durability: "strict" });
      const request = act(transaction.objectStore(OUTBOX));
      // Said at once, so that a write begun as the page goes still lands.
      if (mode === "readwrite") transaction.commit?.();
      transaction.oncomplete = () => resolve(/** @type {T} */ (request?.result));
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  return {
    put: async (entry) => void (await within("readwrite", (outbox) => outbox.put(entry))),
    get: (id) => within("readonly", (outbox) => outbox.get(id)),
    all: () => within("readonly", (outbox) => outbox.getAll()),
    remove: async (ids) => void (await within("readwrite", (outbox) => ids.forEach((id) => outbox.delete(id)))),
  };
}
