// Links and forms that lead to another state of the same page change the page in place; a choice applies at once.
// @ts-check
import { visit } from "./refresh.js";

/** Whether an address is this page in another state. @param {URL} url */
const isHere = (url) => url.origin === location.origin && url.pathname === location.pathname;

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target || link.hash) return;
  const url = new URL(link.href);
  if (!isHere(url)) return;
  event.preventDefault();
  link.closest("details.picker")?.removeAttribute("open");
  visit(url.href);
});

/** @param {HTMLFormElement} form */
const addressOf = (form) => {
  const url = new URL(form.action || location.href, location.href);
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(filled.map(([name, value]) => [name, moment(name, String(value))])).toString();
  const refresh = new URL(location.href).searchParams.get("refresh");
  if (refresh !== null) url.searchParams.set("refresh", refresh);
  return url;
};

/** A time that somebody typed is in the zone they see; addresses have it in UTC. @param {string} name @param {string} value */
const moment = (name, value) => {
  const typed = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?$/.exec(value.trim());
  if ((name !== "from" && name !== "to") || !typed) return value;
  const local = document.documentElement.dataset.zone === "browser" ? "" : "Z";
  const at = new Date(`${typed[1]}T${typed[2] ?? "00:00:00"}${local}`);
  return Number.isNaN(at.valueOf()) ? value : at.toISOString();
};

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "get" || !isHere(addressOf(form))) return;
  event.preventDefault();
  form.closest("details.picker")?.removeAttribute("open");
  visit(addressOf(form).href);
});

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  const form = field.closest("form[data-at-once]");
  if (form instanceof HTMLFormElement) visit(addressOf(form).href);
});

// Menus close when somebody turns to something else, and on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details:is(.menu, .picker)[open]")) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details:is(.menu, .picker)[open]")) {
    const inside = menu.contains(document.activeElement);
    menu.removeAttribute("open");
    if (inside) menu.querySelector("summary")?.focus();
  }
});
