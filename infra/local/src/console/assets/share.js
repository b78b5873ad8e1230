// Copies the address of what is shown, with the stretch of time as it is now.
// @ts-check
import { absolute } from "./range.js";

/** @param {string} text */
const copy = async (text) => {
  const stale = document.getElementById("stale");
  try {
    await navigator.clipboard.writeText(text);
    if (stale) stale.textContent = "The link is copied.";
  } catch {
    // The browser does not let scripts copy here.
    prompt("The link:", text);
  }
  setTimeout(() => stale?.textContent === "The link is copied." && (stale.textContent = ""), 2_000);
};

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target).closest?.("[data-do=link], #share");
  if (!target) return;
  const url = new URL(target.getAttribute("data-link") ?? location.href, location.href);
  const fixed = new URL(absolute()).searchParams;
  for (const name of ["from", "to"]) if (fixed.has(name)) url.searchParams.set(name, fixed.get(name) ?? "");
  copy(url.href);
});
