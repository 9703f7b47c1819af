// The screen while a practice plays: the words, a slow breath, how far along, and a few large controls.
import { el, icon, say } from "./dom.js";
import { keysDisclosure } from "./keys.js";
import { leftWords } from "./words.js";

/** @typedef {import("./keys.js").Action} Action @typedef {import("./sitting.js").Sitting} Sitting */

const BACK = "M19 6v12l-9-6zM6 6v12";
const SKIP = "M5 6v12l9-6zM18 6v12";
const PAUSE = "M9 5v14M15 5v14";
const RESUME = "M8 5v14l11-7z";

/**
 * @param {import("./pack.js").Pack} pack
 * @param {{act: (action: Action) => void, voiceControl: HTMLElement, screenControl: HTMLElement, wordsOf: (text: string) => string}} means
 */
export function stageScreen(pack, { act, voiceControl, screenControl, wordsOf }) {
  const title = el("h1", { class: "player-hidden" }, pack.title);
  const section = el("p", { class: "player-section", lang: pack.language });
  const caption = el("p", { class: "player-caption", "data-caption": true, lang: pack.language });
  const told = el("p", { class: "player-told", role: "status" });
  const line = el("div", { class: "player-line", role: "progressbar", "aria-label": "Time", "aria-valuemin": 0, "aria-valuemax": 100 }, el("span"));
  const controls = ["back", "toggle", "skip"].map((action) =>
    el("button", { type: "button", class: `player-control player-${action}`, click: () => act(/** @type {Action} */ (action)) }));
  const [back, toggle, skip] = controls;
  back.append(icon(BACK), el("span", {}, "Back"));
  skip.append(icon(SKIP), el("span", {}, "Skip"));
  const pauseIcon = icon(PAUSE);
  const resumeIcon = icon(RESUME);
  const toggleName = el("span", {}, "Pause");
  toggle.append(pauseIcon, toggleName);
  const ease = el("button", { type: "button", class: "button quiet", click: () => act("ease") }, "Ease out");

  const element = el("section", { class: "player-screen player-stage" },
    title,
    el("div", { class: "player-words" }, section, caption),
    el("div", { class: "player-breath", "aria-hidden": "true" }, el("span")),
    told, line,
    el("div", { class: "player-controls", role: "group", "aria-label": "Player" }, ...controls),
    el("div", { class: "player-beneath" }, ease, voiceControl, el("a", { class: "button quiet", href: pack.help }, "Help")),
    screenControl,
    keysDisclosure());

  let minuteShown = -1;
  return {
    element,
    focus: () => toggle.focus({ preventScroll: true }),
    /**
     * Brings the screen to where the sitting is.
     * @param {Sitting} sitting
     * @param {{aloud: boolean, lack: string}} how `aloud`: the words are heard; `lack`: why they are not though they could be
     */
    show(sitting, { aloud, lack }) {
      const { caption: cue, cue: current, silence } = sitting.place;
      caption.setAttribute("aria-live", aloud ? "off" : "polite");
      say(section, sitting.easing ? "Easing out" : current?.section ?? "");
      say(caption, wordsOf(cue?.text ?? ""));
      element.toggleAttribute("data-silence", silence !== null);
      const paused = sitting.running === "paused";
      if (toggleName.textContent !== (paused ? "Resume" : "Pause")) {
        say(toggleName, paused ? "Resume" : "Pause");
        (paused ? pauseIcon : resumeIcon).replaceWith(paused ? resumeIcon : pauseIcon);
      }
      say(told, paused ? (sitting.slept ? "Paused while this device slept." : "Paused.") : lack);
      say(ease, sitting.easing ? "Finish now" : "Ease out");
      const done = sitting.timeline.seconds > 0 ? sitting.position / sitting.timeline.seconds : 1;
      line.style.setProperty("--done", String(done));
      const minute = Math.ceil(sitting.secondsLeft / 60) + (sitting.easing ? 1000 : 0);
      if (minute !== minuteShown) {
        minuteShown = minute;
        line.setAttribute("aria-valuenow", String(Math.round(done * 100)));
        line.setAttribute("aria-valuetext", leftWords(sitting.secondsLeft));
      }
    },
  };
}
