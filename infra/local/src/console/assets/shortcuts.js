// Grafana's keys, and a help that lists them.
// @ts-check
import { absolute, shift, zoomOut } from "./range.js";
import { refresh, togglePause, visit } from "./refresh.js";

/** @param {string} path */
const go = (path) => () => location.assign(path);

/** The panel under the focus or the pointer. */
const panel = () =>
  document.activeElement?.closest(".panel") ?? document.querySelector(".panel:hover");

/** Keys in a row, what they do, and how. @type {[string, string, () => void][]} */
const KEYS = [
  ["?", "This help", () => help()],
  ["g h", "Overview", go("/")],
  ["g d", "Dashboards", go("/dashboards")],
  ["g r", "Requests", go("/requests")],
  ["g l", "Logs", go("/logs")],
  ["g a", "Alarms", go("/alarms")],
  ["d r", "Refresh", () => refresh()],
  ["d p", "Pause and resume", () => togglePause()],
  ["t z", "Zoom out", () => zoomOut()],
  ["t left", "Half a range earlier", () => shift(-0.5)],
  ["t right", "Half a range later", () => shift(0.5)],
  ["t a", "Keep this stretch of time", () => visit(absolute())],
  ["v", "The panel alone, and back", () => view()],
  ["p l", "Hide and show the legends", () => document.documentElement.toggleAttribute("data-no-legends")],
];

const view = () => {
  const url = new URL(location.href);
  const link = panel()?.querySelector("h3 a");
  if (url.searchParams.has("viewPanel")) history.back();
  else if (link instanceof HTMLAnchorElement) visit(link.href);
};

/** @type {HTMLDialogElement | null} */
let dialog = null;
const help = () => {
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = "Keys";
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [keys, what] of KEYS) {
      const key = document.createElement("dt");
      for (const one of keys.split(" ")) key.append(Object.assign(document.createElement("kbd"), { textContent: one }), " ");
      list.append(key, Object.assign(document.createElement("dd"), { textContent: what }));
    }
    const hand = document.createElement("p");
    hand.textContent =
      "Charts: drag to zoom, double click to go back, click to keep the values, arrow keys to walk. Legend: click for one series, Shift and click to switch it.";
    const close = Object.assign(document.createElement("button"), { textContent: "Close", type: "button" });
    close.addEventListener("click", () => dialog?.close());
    dialog.append(title, list, hand, close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
};

const NAMES = /** @type {Record<string, string>} */ ({ ArrowLeft: "left", ArrowRight: "right" });
let typed = "";
let last = 0;
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target.closest("input, select, textarea, [contenteditable]") || dialog?.open) return;
  if (event.key === "Shift") return;
  if (event.timeStamp - last > 1_500) typed = "";
  last = event.timeStamp;
  typed = `${typed} ${NAMES[event.key] ?? event.key}`.trim();
  const found = KEYS.find(([keys]) => keys === typed);
  if (found) {
    event.preventDefault();
    found[2]();
  }
  if (found || !KEYS.some(([keys]) => keys.startsWith(`${typed} `))) typed = "";
});

document.getElementById("keys")?.addEventListener("click", help);
