// The time range under the hand: drag over a chart to zoom in, double click or a button to go back, keys to shift.
// @ts-check
import { visit } from "./refresh.js";

/** What is shown now, in seconds; none on a page without a range. @returns {{start: number, end: number} | null} */
const shown = () => {
  const of = /** @type {HTMLElement | null} */ (document.querySelector("[data-start][data-end]"));
  return of && { start: Number(of.dataset.start), end: Number(of.dataset.end) };
};

/** @param {number} seconds */
const iso = (seconds) => new Date(Math.round(seconds * 1000)).toISOString();

/** @param {number} start @param {number} end */
const show = (start, end) => {
  const url = new URL(location.href);
  url.searchParams.set("from", iso(start));
  url.searchParams.set("to", iso(end));
  return visit(url.href);
};

/** Twice as much, around the same middle, as in Grafana. */
export const zoomOut = () => {
  const range = shown();
  if (!range) return;
  const length = range.end - range.start;
  show(range.start - length / 2, Math.min(range.end + length / 2, Date.now() / 1000));
};

/** @param {number} share of its length */
export const shift = (share) => {
  const range = shown();
  if (range) show(range.start + (range.end - range.start) * share, range.end + (range.end - range.start) * share);
};

/** The same stretch of time for whoever opens the address later. */
export const absolute = () => {
  const url = new URL(location.href);
  const range = shown();
  if (range) {
    url.searchParams.set("from", iso(range.start));
    url.searchParams.set("to", iso(range.end));
  }
  return url.href;
};

/** @type {{chart: HTMLElement, from: number, box: HTMLElement} | null} */
let drag = null;
let zoomed = 0;

/** @param {HTMLElement} chart @param {number} x */
const inPlot = (chart, x) => {
  const { left, right } = /** @type {Element} */ (chart.querySelector(".plot")).getBoundingClientRect();
  return { left, width: right - left, x: Math.max(left, Math.min(x, right)) };
};

document.addEventListener("pointerdown", (event) => {
  const chart = /** @type {Element} */ (event.target).closest?.(".chart");
  if (!(chart instanceof HTMLElement) || event.button !== 0 || event.pointerType === "touch") return;
  const box = document.createElement("div");
  box.className = "selection";
  box.setAttribute("data-kept", "");
  drag = { chart, from: inPlot(chart, event.clientX).x, box };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const { x } = inPlot(drag.chart, event.clientX);
  if (Math.abs(x - drag.from) < 5 && !drag.box.isConnected) return;
  const { left } = drag.chart.getBoundingClientRect();
  if (!drag.box.isConnected) drag.chart.append(drag.box);
  getSelection()?.removeAllRanges();
  drag.box.style.left = `${Math.min(x, drag.from) - left}px`;
  drag.box.style.width = `${Math.abs(x - drag.from)}px`;
});

document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { chart, from, box } = drag;
  drag = null;
  if (!box.isConnected) return;
  box.remove();
  const plot = inPlot(chart, event.clientX);
  const [start, end] = [Number(chart.dataset.start), Number(chart.dataset.end)];
  const moment = (/** @type {number} */ x) => start + ((x - plot.left) / plot.width) * (end - start);
  const [first, last] = [moment(from), moment(plot.x)].sort((one, other) => one - other);
  if (last - first < 1) return;
  zoomed += 1;
  // The click that ends the drag is none.
  addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
  setTimeout(() => dispatchEvent(new MouseEvent("click")), 0);
  show(first, last);
});
document.addEventListener("pointercancel", () => {
  drag?.box.remove();
  drag = null;
});

// Back to where somebody zoomed in from, or out.
document.addEventListener("dblclick", (event) => {
  if (!(/** @type {Element} */ (event.target).closest?.(".chart"))) return;
  if (zoomed > 0) {
    zoomed -= 1;
    history.back();
  } else {
    zoomOut();
  }
});

document.addEventListener("click", (event) => {
  const action = /** @type {Element} */ (event.target).closest?.("[data-range]")?.getAttribute("data-range");
  if (action === "out") zoomOut();
  if (action === "earlier") shift(-0.5);
  if (action === "later") shift(0.5);
});
