// The first screen: what it is, how long, and Begin.
import { el, recall, remember, say } from "./dom.js";
import { Lengths } from "./pack.js";
import { minutesWords } from "./words.js";

/** @typedef {import("./pack.js").Pack} Pack */

const SETTLE_MS = 250;

/** @param {Pack} pack @param {string} name kept on this device only */
const wordKey = (pack, name) => `word:${pack.practice}:${name}`;

/** What the person wrote in the practice's places. @param {Pack} pack @returns {Record<string, string>} */
export const ownWords = (pack) =>
  Object.fromEntries(Object.keys(pack.variables ?? {}).map((name) => [name, recall(wordKey(pack, name)) ?? ""]));

/**
 * @param {Pack} loaded
 * @param {{voiceControl: HTMLElement, voiceSpeaks: boolean, onPack: (pack: Pack) => void, onBegin: (pack: Pack, words: Record<string, string>) => void}} means
 *   `voiceSpeaks`: the practice's own sound says the words; `onPack`: another length was fetched
 */
export function readyScreen(loaded, { voiceControl, voiceSpeaks, onPack, onBegin }) {
  const lengths = new Lengths(loaded);
  let pack = loaded;
  let asked = loaded.minutes;
  let loading = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let settling;

  const [least, most] = [Math.ceil(loaded.range[0]), Math.floor(loaded.range[1])];
  const shown = el("output", { class: "player-minutes", "aria-live": "polite" });
  const note = el("p", { class: "player-aside", role: "status" });
  const fewer = el("button", { type: "button", class: "button quiet player-round", "aria-label": "Fewer minutes", click: () => ask(asked - 1) }, "−");
  const more = el("button", { type: "button", class: "button quiet player-round", "aria-label": "More minutes", click: () => ask(asked + 1) }, "+");
  const begin = el("button", { type: "button", class: "button player-begin", click: go }, "Begin");

  /** @param {number} minutes */
  function ask(minutes) {
    asked = Math.min(most, Math.max(least, minutes));
    say(note, "");
    showLength();
    clearTimeout(settling);
    settling = setTimeout(load, SETTLE_MS);
  }

  function load() {
    clearTimeout(settling);
    settling = undefined;
    const wanted = asked;
    loading = lengths.get(wanted).then((got) => {
      if (wanted !== asked) return;
      if (got) {
        pack = got;
        onPack(pack);
      } else {
        asked = pack.minutes;
        say(note, `That length cannot be fetched now. ${minutesWords(pack.minutes)} is here.`);
      }
      showLength();
    });
    return loading;
  }

  function showLength() {
    say(shown, minutesWords(asked));
    // Not `disabled`: focus must not fall off the page at either end.
    fewer.setAttribute("aria-disabled", String(asked <= least));
    more.setAttribute("aria-disabled", String(asked >= most));
  }

  async function go() {
    begin.setAttribute("aria-disabled", "true");
    if (settling !== undefined) load();
    await loading;
    const words = Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()]));
    onBegin(pack, words);
  }

  const fields = Object.entries(loaded.variables ?? {}).map(([name, variable]) => {
    const id = `word-${name}`;
    const keep = () => remember(wordKey(loaded, name), input.value.trim());
    const input = el("input", { id, type: "text", autocomplete: "off", maxlength: 80, "aria-describedby": `${id}-note`, change: keep, input: keep });
    input.value = recall(wordKey(loaded, name)) ?? "";
    const field = el("div", { class: "player-field" },
      el("label", { for: id }, variable.ask), input, el("p", { id: `${id}-note`, class: "player-aside" }, `Stays on this device.${voiceSpeaks ? ` The voice says “${variable.default}”.` : ""}`));
    return { name, input, field };
  });

  showLength();
  const cautions = loaded.cautions ?? [];
  return el("section", { class: "player-screen player-ready" },
    el("h1", { tabindex: "-1" }, loaded.title),
    loaded.summary && el("p", { class: "player-summary" }, loaded.summary),
    el("div", { class: "player-length", role: "group", "aria-label": "Length" }, most > least && fewer, shown, most > least && more),
    note,
    cautions.length > 0 && el("div", { class: "note player-cautions" }, ...cautions.map((caution) => el("p", {}, caution))),
    ...fields.map(({ field }) => field),
    begin,
    voiceControl,
    el("nav", { class: "player-links", "aria-label": "Instead" },
      loaded.keep === false
        ? el("a", { class: "link", href: loaded.home }, "Back to writing")
        : el("a", { class: "link", href: loaded.something_else }, "Something else"),
      el("a", { class: "link", href: loaded.help }, "Help")));
}
