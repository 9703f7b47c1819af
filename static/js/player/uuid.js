// Ids made where things happen: UUIDv7 (RFC 9562, 5.7), time first so that they sort by when they were made.

/** @returns {Uint8Array} ten random bytes; getRandomValues also works where the page is served without TLS */
const tenRandomBytes = () => crypto.getRandomValues(new Uint8Array(10));

/**
 * @param {number} [nowMs] Unix milliseconds
 * @param {Uint8Array} [random] ten random bytes
 * @returns {string}
 */
export function uuidv7(nowMs = Date.now(), random = tenRandomBytes()) {
  if (random.length < 10) throw new RangeError("ten random bytes are needed");
  const bytes = new Uint8Array(16);
  let rest = Math.max(0, Math.floor(nowMs));
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
