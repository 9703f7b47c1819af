// Who keeps a sitting's time: its sound while that plays, else the page's own clock. So a practice sounds on when nobody
// looks at the page, and goes on when there is no sound. No DOM.

/** @typedef {import("./sitting.js").Sitting} Sitting @typedef {import("./sound.js").Sound} Sound */
/** @typedef {"toggle"|"pause"|"resume"|"back"|"skip"|"easeOut"|"goTo"} Act */

export class Lead {
  #sitting;
  #practice;
  #easing;

  /** @param {Sitting} sitting @param {{practice: Sound|null, easing: Sound|null}} sounds null where there is none */
  constructor(sitting, { practice, easing }) {
    this.#sitting = sitting;
    this.#practice = practice;
    this.#easing = easing;
  }

  /** In a tap, where it can be: most browsers allow sound only after one. @param {number} nowMs */
  begin(nowMs) {
    this.#sitting.begin(nowMs);
    this.hear(nowMs);
  }

  /** Lets time pass. @param {number} nowMs */
  look(nowMs) {
    const sitting = this.#sitting;
    sitting.tick(nowMs);
    if (sitting.running !== "playing") return this.#rest();
    const sound = this.#due;
    if (!sound) return;
    const found = sound.look(nowMs);
    if (found === "still") sitting.sound = null;
    else if (found === "moved" && !sitting.sound) this.hear(nowMs);
  }

  /** @param {Act} act @param {number} nowMs @param {number} [position] where to, for "goTo" */
  act(act, nowMs, position = 0) {
    this.#sitting[act](nowMs, position);
    if (this.#sitting.running === "playing") this.hear(nowMs);
    else this.#rest();
  }

  /** The sound plays from where the sitting is, and leads unless it has kept us waiting before. @param {number} nowMs */
  hear(nowMs) {
    const sound = this.#due;
    if (this.#sitting.running !== "playing") return;
    for (const other of [this.#practice, this.#easing]) if (other !== sound) other?.rest();
    this.#sitting.sound = null;
    if (!sound) return;
    sound.playFrom(this.#sitting.position, nowMs);
    if (sound.reliable) this.#sitting.sound = sound;
  }

  /** Why nothing sounds though it should. @returns {""|"refused"|"missing"} */
  get lack() {
    const { running, sound } = this.#sitting;
    if (running !== "playing" || sound || !this.#due) return "";
    return this.#due.trouble === "refused" ? "refused" : "missing";
  }

  get #due() {
    return this.#sitting.easing ? this.#easing : this.#practice;
  }

  #rest() {
    this.#practice?.rest();
    this.#easing?.rest();
  }
}
