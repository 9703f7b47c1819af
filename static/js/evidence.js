// What a number leads to stands in something folded: it opens. And a button prints, where there is a script to do it.

const open = () => {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = place && place.closest("details");
  if (!folded || folded.open) return;
  folded.open = true;
  place.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", open);
open();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
