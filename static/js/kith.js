// Small behaviours bound to data- attributes. Pages work without them.

// A time zone field that nobody has touched takes the one of this device.
for (const field of document.querySelectorAll("input[data-zone]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here && !field.getAttribute("aria-invalid")) field.value = here;
}

// A link that is there to be copied is selected at a touch.
for (const field of document.querySelectorAll("input[data-select]")) {
  field.addEventListener("focus", () => field.select());
}

// Minutes with a button for less and one for more.
for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = stepper.querySelector("input");
  const step = (by) => {
    const least = Number(input.min), most = Number(input.max);
    const next = by > 0 ? Math.floor(Number(input.value)) + 1 : Math.ceil(Number(input.value)) - 1;
    input.value = String(Math.min(most, Math.max(least, next)));
  };
  const button = (label, sign, by) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "round";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => step(by));
    return made;
  };
  input.before(button("Fewer minutes", "−", -1));
  input.after(button("More minutes", "+", 1));
}

// A link that is there to be copied has a button that does it.
for (const part of document.querySelectorAll("[data-copies]")) {
  const field = part.querySelector("input");
  if (!navigator.clipboard || !field) continue;
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = "Copy it";
  made.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    made.textContent = "Copied";
  });
  part.append(made);
}
