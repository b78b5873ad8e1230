// Values under the pointer, or under the arrow keys once a chart has the focus.
(() => {
  "use strict";

  const moments = (chart) => {
    let at = 0;
    return chart.dataset.times.split(" ").map((step) => (at += Number(step)));
  };

  const nearest = (all, at) =>
    all.reduce((best, other, place) => (Math.abs(other - at) < Math.abs(all[best] - at) ? place : best), 0);

  const clear = (chart) => chart.querySelectorAll(".hover, .values-at").forEach((mark) => mark.remove());

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  // The values of a moment, the highest first, as the dashboards ask Grafana to sort them.
  const rows = (chart, moment) => {
    const sorted = [];
    for (const entry of chart.parentElement.querySelectorAll(".legend li")) {
      const [, place, value] = entry.dataset.values.split("|")[moment].match(/^(\d+) (.*)$/) ?? [];
      if (!value) continue;
      sorted[place] = element("dd", entry.className, "");
      sorted[place].append(element("span", "", entry.textContent), element("span", "", value));
    }
    return sorted;
  };

  const show = (chart, place) => {
    const at = moments(chart)[place];
    const { start, end } = chart.dataset;
    const [plot, frame] = [chart.querySelector(".plot"), chart].map((part) => part.getBoundingClientRect());
    const x = plot.left - frame.left + (plot.width * (at - start)) / (end - start);
    const line = element("div", "hover", "");
    const values = element("dl", "values-at", "");
    values.setAttribute("role", "status");
    values.append(element("dt", "", new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")));
    values.append(...rows(chart, place));
    clear(chart);
    chart.append(line, values);
    line.style.left = `${x}px`;
    const left = x + 12 + values.offsetWidth > frame.width ? x - 12 - values.offsetWidth : x + 12;
    values.style.left = `${Math.max(0, left)}px`;
    chart.dataset.place = place;
  };

  document.addEventListener("pointermove", (event) => {
    const chart = event.target.closest?.(".chart");
    document.querySelectorAll(".chart:has(.hover)").forEach((other) => other !== chart && clear(other));
    if (!chart) return;
    const { left, width } = chart.querySelector(".plot").getBoundingClientRect();
    const { start, end } = chart.dataset;
    const at = Number(start) + ((event.clientX - left) / width) * (end - start);
    show(chart, nearest(moments(chart), at));
  });

  document.addEventListener("keydown", (event) => {
    const chart = event.target.closest?.(".chart");
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (!chart || (!(event.key in steps) && event.key !== "Escape")) return;
    event.preventDefault();
    if (event.key === "Escape") return clear(chart);
    const last = moments(chart).length - 1;
    const place = Number(chart.dataset.place ?? last) + steps[event.key];
    show(chart, Math.min(last, Math.max(0, place)));
  });

  document.addEventListener("focusout", (event) => {
    const chart = event.target.closest?.(".chart");
    if (chart) clear(chart);
  });
})();
