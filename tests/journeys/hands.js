// Three ways to use a page: a finger, a mouse, and nothing but the keys.

/** @typedef {import("playwright-core").Locator} Locator */
/**
 * @typedef {{
 *   press(control: Locator): Promise<void>,
 *   write(field: Locator, text: string): Promise<void>,
 *   choose(select: Locator, words: string): Promise<void>,
 *   tick(box: Locator): Promise<void>}} Hand  `choose` takes the first option that begins so; `tick` is for checkboxes and radio buttons
 */

/** Farther than this nobody should have to go with the Tab key. */
const MOST_TABS = 60;

/** What is seen of a box may be its label. @param {Locator} box */
const labelOf = (box) => box.locator("xpath=ancestor::label");

/** @type {Hand} */
export const mouse = {
  press: (control) => control.click(),
  write: (field, text) => field.fill(text),
  async choose(select, words) {
    const options = await select.locator("option").allTextContents();
    await select.selectOption({ index: options.findIndex((option) => option.startsWith(words)) });
  },
  tick: async (box) => void ((await box.isChecked()) || (await labelOf(box).click())),
};

/** @type {Hand} */
export const finger = {
  ...mouse,
  press: (control) => control.tap(),
  tick: async (box) => void ((await box.isChecked()) || (await labelOf(box).tap())),
};

/** @type {Hand} */
export const keys = {
  async press(control) {
    await reach(control);
    await control.page().keyboard.press("Enter");
  },
  async write(field, text) {
    await reach(field);
    await field.page().keyboard.press("Control+A");
    await field.page().keyboard.type(text);
  },
  async choose(select, words) {
    await reach(select);
    const there = () => select.evaluate((/** @type {HTMLSelectElement} */ element, begins) => Boolean(element.selectedOptions[0]?.textContent?.startsWith(begins)), words);
    await select.page().keyboard.press("Home");
    const options = await select.locator("option").count();
    for (let moved = 0; moved < options && !(await there()); moved += 1) await select.page().keyboard.press("ArrowDown");
    if (!(await there())) throw new Error(`The arrow keys do not lead to ${words}.`);
  },
  async tick(box) {
    const radio = (await box.getAttribute("type")) === "radio";
    await reach(box, radio);
    if (await box.isChecked()) return;
    await box.page().keyboard.press("Space");
    const group = radio ? await box.evaluate((/** @type {HTMLInputElement} */ element) => document.getElementsByName(element.name).length) : 0;
    for (let moved = 0; moved < group && !(await box.isChecked()); moved += 1) await box.page().keyboard.press("ArrowRight");
    if (!(await box.isChecked())) throw new Error(`The keys do not tick ${box}.`);
  },
};

/**
 * Tabs until the control has the focus, and sees that the focus is shown.
 * @param {Locator} control @param {boolean} [anyOfGroup] one of the radio buttons of its group is enough
 */
export async function reach(control, anyOfGroup = false) {
  const { keyboard } = control.page();
  const has = () => control.evaluate((/** @type {HTMLInputElement} */ wanted, anyOne) => {
    const focused = /** @type {HTMLInputElement|null} */ (document.activeElement);
    return focused === wanted || (anyOne && focused?.type === "radio" && focused.name === wanted.name);
  }, anyOfGroup);
  let tabs = 0;
  while (!(await has())) {
    if (tabs === MOST_TABS) throw new Error(`${MOST_TABS} times Tab did not lead to ${control}`);
    await keyboard.press("Tab");
    tabs += 1;
  }
  const shown = tabs === 0 || await control.page().evaluate(() => {
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    // Where the box itself cannot be seen its label's words show the focus.
    return [focused, focused.nextElementSibling, focused.parentElement].some((element) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    });
  });
  if (!shown) throw new Error(`Nothing shows that the focus is on ${control}`);
}
