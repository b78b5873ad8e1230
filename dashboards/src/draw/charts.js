// Charts under the hand: values under the pointer, a finger or the arrow keys; one line over all charts at the same
// moment; series that the legend hides; values as a table. A page says `refreshed` when it has drawn charts anew, and
// what is marked `data-kept` is this script's own: a refresh leaves it alone.
// @ts-check
(() => {
  "use strict";

  /** The series that somebody has hidden, by panel. @type {WeakMap<Element, Set<string>>} */
  const hidden = new WeakMap();
  /** What the values belong to: a chart, a moment in seconds, where the pointer was, whether they stay.
   *  @type {{chart: HTMLElement, at: number, x: number, y: number, pinned: boolean} | null} */
  let shown = null;

  /** @param {Element} chart */
  const panelOf = (chart) => /** @type {HTMLElement} */ (chart.parentElement);
  /** @param {ParentNode} panel @returns {HTMLElement[]} */
  const entries = (panel) => [...panel.querySelectorAll(".legend li")].map((li) => /** @type {HTMLElement} */ (li));
  /** @param {Element} entry */
  const label = (entry) => entry.textContent?.trim() ?? "";

  /** @param {HTMLElement} chart */
  const moments = (chart) => {
    let at = 0;
    return (chart.dataset.times ?? "").split(" ").map((step) => (at += Number(step)));
  };

  /** @param {number[]} all @param {number} at */
  const nearest = (all, at) =>
    all.reduce((best, other, place) => (Math.abs(other - at) < Math.abs(all[best] - at) ? place : best), 0);

  /** @param {string} name @param {string} className @param {string} text */
  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  // In the zone that the page has chosen; a page that chooses none shows UTC, as its axes do.
  /** @param {number} seconds */
  const written = (seconds) => {
    const timeZone = document.documentElement.dataset.zone === "browser" ? undefined : "UTC";
    return new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone });
  };

  /** A series at each moment: its place and its value. @param {HTMLElement} entry */
  const column = (entry) => {
    let last = "";
    return (entry.dataset.values ?? "").split("|").map((one) => (last = one === "=" ? last : one));
  };

  // The values of a moment, the highest first, as the dashboards ask Grafana to sort them.
  /** @param {HTMLElement} panel @param {number} place */
  const rows = (panel, place) => {
    /** @type {HTMLElement[]} */
    const sorted = [];
    for (const entry of entries(panel)) {
      const [, order, value] = column(entry)[place]?.match(/^(\d+) (.*)$/) ?? [];
      if (!value || hidden.get(panel)?.has(label(entry))) continue;
      const row = element("dd", entry.className, "");
      row.append(element("span", "", label(entry)), element("span", "", value));
      sorted[Number(order)] = row;
    }
    return sorted.filter(Boolean);
  };

  const values = element("dl", "values-at", "");
  values.setAttribute("role", "status");
  values.tabIndex = -1;
  values.hidden = true;

  // Beside the pointer and always within the window.
  const place = () => {
    if (!shown) return;
    const apart = 14;
    const { width, height } = values.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    const left = shown.x + apart + width > innerWidth ? shown.x - apart - width : shown.x + apart;
    values.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    values.style.top = `${Math.max(4, Math.min(shown.y + apart, innerHeight - height - 4))}px`;
  };

  // One line at the same moment in every chart that has it.
  /** @param {number | null} at */
  const cross = (at) => {
    for (const chart of document.querySelectorAll(".chart")) {
      const { start, end } = /** @type {HTMLElement} */ (chart).dataset;
      const share = at === null ? -1 : (at - Number(start)) / (Number(end) - Number(start));
      const plot = chart.querySelector(".plot");
      let line = plot?.querySelector(".hover");
      if (share < 0 || share > 1) {
        line?.remove();
        continue;
      }
      if (!line) {
        line = document.createElementNS("http://www.w3.org/2000/svg", "line");
        line.setAttribute("class", "hover");
        line.setAttribute("data-kept", "");
        line.setAttribute("y2", "100%");
        plot?.append(line);
      }
      line.setAttribute("x1", `${share * 100}%`);
      line.setAttribute("x2", `${share * 100}%`);
    }
  };

  const clear = () => {
    shown = null;
    values.hidden = true;
    cross(null);
  };

  const draw = () => {
    if (!shown?.chart.isConnected) return clear();
    const all = moments(shown.chart);
    const number = nearest(all, shown.at);
    shown.at = all[number];
    const heading = element("dt", "", written(shown.at));
    const fresh = [heading, ...rows(panelOf(shown.chart), number)];
    const same = values.children.length === fresh.length && fresh.every((one, i) => one.isEqualNode(values.children[i]));
    // A selection within them survives values that are the same.
    if (!same) values.replaceChildren(...fresh);
    values.classList.toggle("pinned", shown.pinned);
    if (!values.isConnected) document.body.append(values);
    values.hidden = false;
    cross(shown.at);
    place();
  };

  /** @param {Event} event @returns {HTMLElement | null} */
  const chartOf = (event) => (event.target instanceof Element ? event.target.closest(".chart") : null);

  /** @param {HTMLElement} chart @param {number} clientX */
  const momentAt = (chart, clientX) => {
    const { left, width } = /** @type {Element} */ (chart.querySelector(".plot")).getBoundingClientRect();
    const [start, end] = [Number(chart.dataset.start), Number(chart.dataset.end)];
    return start + ((clientX - left) / width) * (end - start);
  };

  document.addEventListener("pointermove", (event) => {
    if (shown?.pinned || event.pointerType === "touch") return;
    const chart = chartOf(event);
    if (chart) {
      shown = { chart, at: momentAt(chart, event.clientX), x: event.clientX, y: event.clientY, pinned: false };
      draw();
    } else if (shown && document.activeElement !== shown.chart) {
      clear();
    }
  });

  // A click or a tap makes the values stay, so that they can be scrolled and copied; the next one lets them go.
  document.addEventListener("click", (event) => {
    if (values.contains(/** @type {Node} */ (event.target))) return;
    const chart = chartOf(event);
    if (!chart || event.detail > 1 || (shown?.pinned && shown.chart === chart)) return clear();
    shown = { chart, at: momentAt(chart, event.clientX), x: event.clientX, y: event.clientY, pinned: true };
    draw();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return clear();
    const chart = chartOf(event);
    const last = chart ? moments(chart).length - 1 : 0;
    const before = chart && shown?.chart === chart ? nearest(moments(chart), shown.at) : last;
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: before - (shown ? 1 : 0), ArrowRight: before + 1, Home: 0, End: last };
    if (!chart || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = moments(chart)[Math.min(last, Math.max(0, steps[event.key]))];
    const { left, top, width } = /** @type {Element} */ (chart.querySelector(".plot")).getBoundingClientRect();
    const [start, end] = [Number(chart.dataset.start), Number(chart.dataset.end)];
    shown = { chart, at, x: left + (width * (at - start)) / (end - start), y: top, pinned: false };
    draw();
  });

  document.addEventListener("focusout", (event) => {
    if (shown && !shown.pinned && chartOf(event) === shown.chart) clear();
  });
  addEventListener("scroll", () => (shown?.pinned ? undefined : clear()), { passive: true });

  // A click on an entry of the legend shows that series alone, and again all of them; with Shift or Ctrl it is
  // switched by itself.
  /** @param {HTMLElement} entry @param {boolean} alone */
  const choose = (entry, alone) => {
    const panel = /** @type {HTMLElement} */ (entry.closest(".panel"));
    const labels = entries(panel).map(label);
    const mine = label(entry);
    const off = new Set(hidden.get(panel));
    if (!alone) {
      if (!off.delete(mine)) off.add(mine);
    } else if (!off.has(mine) && labels.every((one) => one === mine || off.has(one))) {
      off.clear();
    } else {
      labels.forEach((one) => off.add(one));
      off.delete(mine);
    }
    hidden.set(panel, off);
    mark(panel);
  };

  /** @param {HTMLElement} panel */
  const mark = (panel) => {
    const off = hidden.get(panel);
    const lines = panel.querySelectorAll(".plot > svg > g");
    entries(panel).forEach((entry, place) => {
      const is = off?.has(label(entry)) ?? false;
      entry.querySelector("button")?.setAttribute("aria-pressed", String(!is));
      lines[place]?.toggleAttribute("data-kept-off", is);
    });
  };

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const entry = target.closest?.(".legend li");
    if (entry) choose(/** @type {HTMLElement} */ (entry), !event.shiftKey && !event.ctrlKey && !event.metaKey);
    const action = target.closest?.("[data-do]");
    const panel = /** @type {HTMLElement | null} */ (action?.closest(".panel") ?? null);
    if (!action || !panel) return;
    if (action.getAttribute("data-do") === "table") {
      panel.toggleAttribute("data-kept-table");
      asTable(panel);
    }
    if (action.getAttribute("data-do") === "csv") save(panel);
    action.closest("details")?.removeAttribute("open");
  });

  /** A chart's values: a heading, then a row a moment. @param {HTMLElement} panel @returns {string[][]} */
  const table = (panel) => {
    const chart = /** @type {HTMLElement | null} */ (panel.querySelector(".chart"));
    if (!chart) return [...panel.querySelectorAll("tr")].map((row) => [...row.children].map((one) => label(one)));
    const columns = entries(panel).map(column);
    const heading = ["Time", ...entries(panel).map(label)];
    const value = (/** @type {string[]} */ column, /** @type {number} */ place) => (column[place] ?? "").replace(/^\d+ /, "");
    const filled = moments(chart).map((at, place) => [written(at), ...columns.map((column) => value(column, place))]);
    return [heading, ...filled.filter((row) => row.slice(1).some(Boolean)).reverse()];
  };

  /** @param {HTMLElement} panel */
  const asTable = (panel) => {
    panel.querySelector(":scope > .as-table")?.remove();
    const on = panel.hasAttribute("data-kept-table");
    panel.querySelector("[data-do=table]")?.replaceChildren(on ? "Show as chart" : "Show as table");
    if (!on) return;
    const box = element("div", "scroll as-table", "");
    box.setAttribute("data-kept", "");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${panel.querySelector("h3")?.textContent?.trim()}, values`);
    box.tabIndex = 0;
    const made = document.createElement("table");
    for (const [place, row] of table(panel).entries()) {
      const line = made.insertRow();
      for (const text of row) line.append(element(place ? "td" : "th", "", text));
    }
    box.append(made);
    panel.append(box);
  };

  /** @param {HTMLElement} panel */
  const save = (panel) => {
    const field = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const text = table(panel).map((row) => row.map(field).join(",")).join("\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text + "\n"], { type: "text/csv" }));
    link.download = `${panel.querySelector("h3")?.textContent?.trim() ?? "panel"}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  document.addEventListener("refreshed", () => {
    for (const panel of document.querySelectorAll(".panel")) {
      mark(/** @type {HTMLElement} */ (panel));
      const kept = panel.querySelector(":scope > .as-table");
      if (!kept) continue;
      const [left, top] = [kept.scrollLeft, kept.scrollTop];
      asTable(/** @type {HTMLElement} */ (panel));
      panel.querySelector(":scope > .as-table")?.scrollTo(left, top);
    }
    if (shown) draw();
  });
})();
