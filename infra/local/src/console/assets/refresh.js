// Keeps the live parts of a page fresh, and goes to another state of the page without loading it: a range, a filter.
// A refresh asks for what has changed, by the digests of what is shown, and changes that alone.
// @ts-check
import { morph } from "./morph.js";
import { localize, written } from "./zone.js";

const root = document.documentElement;
/** @param {string} id */
const byId = (id) => document.getElementById(id);
const PAUSED = "paused";

/** The digests of the parts that are shown: `id=digest`. */
const digests = () => {
  const parts = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live]"));
  return [...parts].map((part) => `${part.id}=${part.dataset.live}`).join(" ");
};

/** @param {string} url @param {boolean} whole @returns {Promise<Document>} */
const ask = async (url, whole) => {
  const headers = { accept: "text/html", ...(whole ? {} : { "x-shown": digests() }) };
  const answer = await fetch(url, { headers });
  if (!answer.ok && !whole) throw new Error(`status ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  localize(fresh);
  return fresh;
};

/** @param {Document} fresh */
const update = (fresh) => {
  const focused = document.activeElement;
  for (const next of fresh.querySelectorAll("[data-live]")) {
    const part = byId(next.id);
    if (part) morph(part, next);
  }
  refocus(focused);
};

/** @param {Element | null} focused */
const refocus = (focused) => {
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
};

/** What somebody hears once, and sees until it is over. @param {string} text */
const say = (text) => {
  const stale = byId("stale");
  if (stale && stale.textContent !== text) stale.textContent = text;
};

const done = () => {
  say("");
  const at = byId("updated");
  if (at) at.textContent = written(new Date()).slice(11);
  document.dispatchEvent(new Event("refreshed"));
};

let asking = false;
let visits = 0;
export const refresh = async () => {
  if (asking) return;
  asking = true;
  const [before, paused] = [visits, isPaused()];
  try {
    const fresh = await ask(location.href, false);
    // Somebody has gone elsewhere in the meantime, or wants nothing to change any more.
    if (before !== visits || (isPaused() && !paused)) return;
    update(fresh);
    done();
  } catch {
    say("The server does not answer: what is shown is not up to date.");
  } finally {
    asking = false;
  }
};

/** Shows another state of this page. @param {string} url @param {boolean} [pushed] whether it becomes a step of the history */
export const visit = async (url, pushed = true) => {
  const mine = ++visits;
  try {
    const fresh = await ask(url, true);
    if (mine !== visits) return;
    if (pushed) history.pushState({ visited: true }, "", url);
    document.title = fresh.title;
    const focused = document.activeElement;
    const [main, next] = [byId("main"), fresh.getElementById("main")];
    if (!main || !next) return location.assign(url);
    morph(main, next);
    fields(main, next);
    refocus(focused);
    done();
  } catch {
    say("The server does not answer.");
  }
};

/** What fields hold is not in their attributes: a visit sets it, a refresh does not. @param {Element} main @param {Element} next */
const fields = (main, next) => {
  for (const field of main.querySelectorAll("input, select")) {
    if (field === document.activeElement && field instanceof HTMLInputElement) continue;
    const to = field.id ? next.ownerDocument.getElementById(field.id) : null;
    if (field instanceof HTMLInputElement) {
      field.checked = field.defaultChecked;
      if (field.type !== "checkbox" && field.type !== "radio") field.value = field.defaultValue;
    } else if (field instanceof HTMLSelectElement && to instanceof HTMLSelectElement) {
      for (const [place, option] of [...to.options].entries()) field.options[place].selected = option.selected;
    }
  }
};

addEventListener("popstate", () => visit(location.href, false));

/** Grafana's way to say how often: `5s`, `1m`; nothing for never. */
const every = () => {
  const asked = new URL(location.href).searchParams.get("refresh");
  if (asked === null) return Number(root.dataset.refresh) * 1000;
  const [, count, unit] = asked.match(/^(\d+)(s|m|h)$/) ?? [];
  return Number(count ?? 0) * { s: 1000, m: 60_000, h: 3_600_000 }[/** @type {"s"} */ (unit ?? "s")];
};

const isPaused = () => localStorage.getItem(PAUSED) !== null;
const pause = byId("pause");
const showPause = () => {
  pause?.setAttribute("aria-pressed", String(isPaused()));
  if (pause) pause.textContent = isPaused() ? "Paused: resume" : "Pause";
  root.toggleAttribute("data-paused", isPaused());
};
export const togglePause = () => {
  if (isPaused()) localStorage.removeItem(PAUSED);
  else localStorage.setItem(PAUSED, "yes");
  showPause();
  if (!isPaused()) refresh();
};

if (pause) {
  showPause();
  pause.addEventListener("click", togglePause);
  const interval = /** @type {HTMLSelectElement} */ (byId("refresh-interval"));
  const asked = new URL(location.href).searchParams.get("refresh");
  if (asked !== null) interval.value = asked;
  interval.addEventListener("change", () => {
    const url = new URL(location.href);
    if (interval.value === "default") url.searchParams.delete("refresh");
    else url.searchParams.set("refresh", interval.value);
    history.replaceState(history.state, "", url);
  });
  let last = Date.now();
  setInterval(() => {
    const due = every() > 0 && Date.now() - last >= every();
    if (!due || isPaused() || document.hidden) return;
    last = Date.now();
    refresh();
  }, 250);
}
const at = byId("updated");
if (at) at.textContent = written(new Date()).slice(11);
document.addEventListener("refresh", refresh);
