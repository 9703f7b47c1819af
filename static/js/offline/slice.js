// A part of a kept file, as players of sound ask for it. No DOM.

/** @param {Response} whole @param {string|null} range the header, such as "bytes=0-1" @returns {Promise<Response>} */
export async function slice(whole, range) {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!asked || (asked[1] === "" && asked[2] === "")) return whole;
  const blob = await whole.blob();
  const last = blob.size - 1;
  const from = asked[1] === "" ? Math.max(0, blob.size - Number(asked[2])) : Number(asked[1]);
  const to = asked[1] === "" || asked[2] === "" ? last : Math.min(last, Number(asked[2]));
  const headers = new Headers(whole.headers);
  if (from > last || from > to) {
    headers.set("Content-Range", `bytes */${blob.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${from}-${to}/${blob.size}`);
  headers.set("Content-Length", String(to - from + 1));
  return new Response(blob.slice(from, to + 1), { status: 206, headers });
}
