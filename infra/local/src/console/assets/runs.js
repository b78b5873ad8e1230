// Starts, feeds, finishes and interrupts runs through the API, as the frontend does.
// @ts-check
(() => {
  "use strict";
  const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const answer = byId("answer");

  /** @template {keyof HTMLElementTagNameMap} Name @param {Name} name @param {string} text */
  const element = (name, text, className = "") => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  /** @param {string} path @param {string} [body] @param {Record<string, string>} [headers] @returns {Promise<any>} */
  const call = async (path, body, headers = {}) => {
    const answered = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: body ?? "{}",
    });
    const json = await answered.json().catch(() => ({ error: String(answered.status), message: answered.statusText }));
    if (!answered.ok) throw Object.assign(new Error(json.message), { json, status: answered.status });
    return json;
  };

  // What the API says, word for word; a failure without its answer is the browser's own.
  const showError = (/** @type {any} */ { json, status, message }) => {
    const box = element("div", "", "problem");
    box.setAttribute("role", "alert");
    box.append(element("strong", json ? `${status} ${json.error}` : "No answer"), ` ${json?.message ?? message}`);
    if (Array.isArray(json?.details)) {
      const list = document.createElement("ul");
      list.append(...json.details.map((/** @type {Record<string, string>} */ one) => element("li", [one.field, one.message].filter(Boolean).join(" "))));
      box.append(list);
    }
    answer.replaceChildren(box);
  };

  const showRun = (/** @type {Record<string, string>} */ run) => {
    const link = element("a", `Run ${run.id}`);
    const { pathname, search } = new URL(run.grafanaUrl, location.href);
    link.href = pathname + search;
    link.id = "started-run";
    const box = element("p", "", "done");
    box.append(link, ` of ${run.username} has started.`);
    answer.replaceChildren(box);
  };

  const QUANTITIES = JSON.parse(byId("start-run").dataset.quantities ?? "[]");

  // Sensors measure the quantities in turn, as slow waves between the usual values.
  /** @param {string} sensorId @param {number} place @param {number} round */
  const reading = (sensorId, place, round) => {
    const [type, [low, high]] = QUANTITIES[place % QUANTITIES.length];
    const value = (low + high) / 2 + ((high - low) / 2) * Math.sin(round / 20 + place);
    return JSON.stringify({ sensorId, type, reading: Math.round(value * 100) / 100 });
  };

  /**
   * @param {Record<string, string>} run @param {string} user
   * @param {{ sensorIds: string[], duration: number, interval: number }} wanted
   */
  const simulate = async (run, user, { sensorIds, duration, interval }) => {
    const headers = { "X-User": user, "X-Run-Id": run.id };
    const end = Date.now() + duration * 1000;
    for (let round = 0; Date.now() < end; round += 1) {
      const due = Date.now() + interval * 1000;
      await Promise.all(sensorIds.map((id, place) => call("/api/sensors/data", reading(id, place, round), headers)));
      await new Promise((next) => setTimeout(next, Math.max(0, due - Date.now())));
    }
    await call(`/api/runs/${run.id}/finish`, JSON.stringify({ status: "SUCCESS", message: "Simulation completed" }), {
      "X-User": user,
    });
  };

  byId("start-run").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const user = String(form.get("user"));
    const wanted = {
      sensorIds: String(form.get("sensors")).split(",").map((id) => id.trim()).filter(Boolean),
      duration: Number(form.get("duration")),
      interval: Number(form.get("interval")),
    };
    try {
      const run = await call("/api/runs/start", JSON.stringify(wanted), { "X-User": user });
      showRun(run);
      document.dispatchEvent(new Event("refresh"));
      if (form.get("simulate")) await simulate(run, user, wanted);
    } catch (error) {
      showError(error);
    }
  });

  document.addEventListener("click", async ({ target }) => {
    if (!(target instanceof HTMLButtonElement) || !target.dataset.call) return;
    target.disabled = true;
    try {
      const done = await call(target.dataset.call, target.dataset.body);
      answer.replaceChildren(element("p", done.message ?? `Run ${done.id} is ${done.status}.`, "done"));
    } catch (error) {
      showError(error);
    }
    target.disabled = false;
    document.dispatchEvent(new Event("refresh"));
  });
})();
