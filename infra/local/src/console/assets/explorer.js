// The API explorer: a form for each call of the OpenAPI document, the answer, and the way to its trace.
// @ts-check
(() => {
  "use strict";
  const place = /** @type {HTMLElement} */ (document.getElementById("explorer"));
  const asked = new URL(location.href).searchParams;

  /** @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} [content] */
  const element = (name, attributes = {}, content = []) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };

  /** @type {any} */
  let schemas = {};
  /** @param {any} schema @returns {any} */
  const resolved = (schema) => (schema?.$ref ? resolved(schemas[schema.$ref.split("/").pop()]) : schema);

  const KNOWN = /** @type {Record<string, unknown>} */ ({
    runId: "", sensorId: "sensor-1", sensorIds: ["sensor-1", "sensor-2"],
    duration: 60, interval: 1, temperature: 21.5, humidity: 50, pressure: 1013, status: "SUCCESS", reading: 21.5, type: "temperature",
  });

  /** An example of what a schema describes. @param {any} given @param {string} [name] @returns {unknown} */
  const example = (given, name = "", depth = 0) => {
    const schema = resolved(given);
    if (!schema || depth > 5) return null;
    if (name in KNOWN) return KNOWN[name];
    const said = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0] ?? schema.const;
    if (said !== undefined) return said;
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return example(choices.find((/** @type {any} */ one) => one.type !== "null") ?? choices[0], name, depth + 1);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((/** @type {any} */ one) => example(one, "", depth + 1)));
    const type = Array.isArray(schema.type) ? schema.type.find((/** @type {string} */ one) => one !== "null") : schema.type;
    if (type === "array") return [example(schema.items, "", depth + 1)];
    if (type === "object" || schema.properties) {
      const required = new Set(schema.required ?? Object.keys(schema.properties ?? {}).slice(0, 4));
      const members = Object.entries(schema.properties ?? {}).filter(([key]) => required.has(key) || key in KNOWN);
      return Object.fromEntries(members.map(([key, member]) => [key, example(member, key, depth + 1)]));
    }
    return type === "integer" || type === "number" ? (schema.minimum ?? 1) : type === "boolean" ? true : "";
  };

  /** How a recorded request was sent. @typedef {{method: string, path: string, query: URLSearchParams, headers: Record<string, string>, body?: string}} Sent */

  /** @param {string} id @returns {Promise<Sent>} */
  const recorded = async (id) => {
    const answer = await fetch(`/requests/${encodeURIComponent(id)}.json`);
    const whole = await answer.json();
    if (!answer.ok) throw new Error(whole.message);
    const own = whole.spans.find((/** @type {any} */ span) => span.attributes["faas.invocation_id"] === id)?.attributes;
    if (!own?.["url.path"]) throw new Error("how it was sent is not known");
    const of = "http.request.header.";
    const headers = Object.keys(own).filter((name) => name.startsWith(of));
    return {
      method: own["http.request.method"], path: own["url.path"], query: new URLSearchParams(own["url.query"] ?? ""),
      headers: Object.fromEntries(headers.map((name) => [name.slice(of.length), own[name][0]])), body: own["http.request.body"],
    };
  };

  /** @param {string | undefined} text */
  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text ?? ""), null, 2);
    } catch {
      // Not every text is JSON.
      return text ?? "";
    }
  };

  /** A trace of the explorer's own, so that the answer leads to it. */
  const trace = () => {
    const hex = (/** @type {number} */ bytes) =>
      [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const id = hex(16);
    return { id, header: `00-${id}-${hex(8)}-01` };
  };

  /** @param {HTMLFormElement} form @param {string} method @param {string} path */
  const request = (form, method, path) => {
    const fields = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[data-in]")]).filter((field) => field.value !== "");
    const of = (/** @type {string} */ where) => fields.filter((field) => field.dataset.in === where);
    let filled = path;
    for (const field of of("path")) filled = filled.replace(`{${field.name}}`, encodeURIComponent(field.value));
    const query = new URLSearchParams(of("query").map((field) => [field.name, field.value])).toString();
    const headers = Object.fromEntries(of("header").map((field) => [field.name, field.value]));
    const body = of("body")[0]?.value;
    if (body !== undefined) headers["content-type"] = "application/json";
    const fault = /** @type {HTMLSelectElement} */ (document.getElementById("fault")).value;
    if (fault) headers["x-fault"] = fault;
    return { method, url: filled + (query ? `?${query}` : ""), headers, body };
  };

  /** @param {{method: string, url: string, headers: Record<string, string>, body?: string}} call */
  const curl = ({ method, url, headers, body }) => {
    const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", `'\\''`)}'`;
    const parts = [`curl -X ${method} ${quoted(location.origin + url)}`];
    for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
    if (body) parts.push(`-d ${quoted(body)}`);
    return parts.join(" \\\n  ");
  };

  /** @param {HTMLFormElement} form @param {string} method @param {string} path @param {HTMLElement} answer */
  const send = async (form, method, path, answer) => {
    const call = request(form, method, path);
    const { id, header } = trace();
    const began = performance.now();
    try {
      const response = await fetch(call.url, { method, headers: { ...call.headers, traceparent: header }, body: call.body });
      const text = await response.text();
      const took = `${(performance.now() - began).toFixed(1)} ms`;
      const status = element("span", { class: `chip ${response.ok ? "ok" : response.status < 500 ? "warn" : "alarm"}` }, [String(response.status)]);
      const link = element("a", { href: `/requests?trace=${id}` }, ["Its trace"]);
      answer.replaceChildren(element("p", {}, [status, ` in ${took} `, link]), element("pre", { tabindex: "0" }, [element("code", {}, [pretty(text)])]));
    } catch (error) {
      answer.replaceChildren(element("p", { class: "problem", role: "alert" }, [`No answer: ${error}`]));
    }
  };

  /** The values in a path, if it is of this pattern. @param {string} pattern @param {Sent | null} sent @param {string} method */
  const valuesOf = (pattern, sent, method) => {
    const matched = sent?.method === method && sent.path.match(new RegExp(`^${pattern.replace(/\{[^}]+\}/g, "([^/]+)")}$`));
    return matched ? matched.slice(1).map(decodeURIComponent) : null;
  };

  /** @param {string} method @param {string} path @param {any} operation @param {number} number @param {Sent | null} sent what is sent again */
  const operation = (method, path, operation, number, sent) => {
    const values = valuesOf(path, sent, method);
    const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const known = (/** @type {string} */ name, /** @type {string} */ where) => {
      if (!sent || !values) return name.toLowerCase() === "x-user" ? "ada" : "";
      if (where === "path") return values[names.indexOf(name)];
      return (where === "query" ? sent.query.get(name) : sent.headers[name.toLowerCase()]) ?? "";
    };
    const form = /** @type {HTMLFormElement} */ (element("form", { class: "fields" }));
    const field = (/** @type {any} */ parameter) => {
      const { name, in: where, required, description } = parameter;
      const id = `call-${number}-${name}`;
      const label = element("label", { for: id }, [name, required ? " (required)" : ""]);
      const input = element("input", { id, name, "data-in": where, autocomplete: "off", value: known(name, where), ...(required ? { required: "" } : {}) });
      form.append(label, input, element("p", { class: "hint" }, [description ?? ""]));
    };
    (operation.parameters ?? []).map(resolved).forEach(field);
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    if (schema) {
      const id = `call-${number}-body`;
      const text = values ? pretty(sent?.body) : JSON.stringify(example(schema), null, 2);
      const area = element("textarea", { id, "data-in": "body", rows: String(Math.min(14, text.split("\n").length + 1)), spellcheck: "false" });
      /** @type {HTMLTextAreaElement} */ (area).value = text;
      form.append(element("label", { for: id }, ["Body"]), area);
    }
    const answer = element("div", { class: "answer", role: "status", "aria-live": "polite" });
    const copy = element("button", { type: "button" }, ["As curl"]);
    copy.addEventListener("click", () =>
      answer.replaceChildren(element("pre", { tabindex: "0" }, [element("code", {}, [curl(request(form, method, path))])])),
    );
    form.append(element("div", { class: "buttons" }, [element("button", { type: "submit", class: "primary" }, ["Send"]), copy]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, method, path, answer);
    });
    const summary = element("summary", {}, [
      element("span", { class: "chip" }, [method]), " ", element("code", {}, [path]), " ",
      element("span", { class: "detail" }, [(operation.summary ?? operation.description?.split("\n")[0] ?? "").replaceAll("`", "")]),
    ]);
    const made = element("details", { id: `call-${number}`, ...(values ? { open: "" } : {}) }, [summary, form, answer]);
    if (values) {
      const fault = /** @type {HTMLSelectElement} */ (document.getElementById("fault"));
      fault.value = sent?.headers["x-fault"] ?? "";
      queueMicrotask(() => made.scrollIntoView());
    }
    return made;
  };

  const METHODS = ["get", "post", "put", "patch", "delete"];
  const open = async () => {
    const openapi = await (await fetch(/** @type {string} */ (place.dataset.document))).json();
    schemas = openapi.components?.schemas ?? {};
    const again = asked.get("request");
    /** @type {Sent | null} */
    let sent = null;
    let problem = "";
    if (again) {
      sent = await recorded(again).catch((error) => {
        problem = `Request ${again} cannot be sent again: ${error.message}.`;
        return null;
      });
    }
    const calls = Object.entries(openapi.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method) => /** @type {const} */ ([method.toUpperCase(), path, item[method]])),
    );
    // `/api/runs/running` is also of the pattern `/api/runs/{id}`: the one with fewer values is meant.
    const meant = calls.filter(([method, path]) => valuesOf(path, sent, method)).sort(([, one], [, other]) => one.split("{").length - other.split("{").length)[0];
    place.replaceChildren(...calls.map((call, number) => operation(...call, number, call === meant ? sent : null)));
    if (problem) place.prepend(element("p", { class: "problem", role: "alert" }, [problem]));
  };
  open().catch((error) => place.replaceChildren(element("p", { class: "problem", role: "alert" }, [`The document cannot be read: ${error}`])));
})();
