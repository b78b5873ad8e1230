// Times in the reader's time zone or in UTC. The server writes UTC and says the moment beside it.
// @ts-check
const root = document.documentElement;
const chosen = () => (localStorage.getItem("zone") === "utc" ? "utc" : "browser");
root.dataset.zone = chosen();

const timeZone = () => (chosen() === "utc" ? "UTC" : undefined);

/** The zone as people write it: UTC, UTC+1. */
const name = () => {
  const parts = new Intl.DateTimeFormat("en", { timeZone: timeZone(), timeZoneName: "shortOffset" }).formatToParts();
  return parts.find((part) => part.type === "timeZoneName")?.value.replace("GMT", "UTC") ?? "UTC";
};

// Whole days, such as `now/d`, are those of the zone that is shown.
const tell = () => {
  const ahead = chosen() === "utc" ? 0 : -new Date().getTimezoneOffset();
  document.cookie = `offset=${ahead}; path=/; SameSite=Strict`;
};
tell();

/** A moment as `2026-11-25 20:15:03`. @param {Date} at */
export const written = (at) => at.toLocaleString("sv-SE", { timeZone: timeZone() });

/** Writes every moment below an element in the chosen zone. @param {ParentNode} within */
export const localize = (within) => {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(/** @type {string} */ (time.getAttribute("datetime")));
    if (Number.isNaN(at.valueOf())) continue;
    const text = written(at);
    const short = time.getAttribute("data-show") === "date" ? text : text.slice(11);
    if (time.textContent !== short) time.textContent = short;
    time.setAttribute("title", `${text} ${name()}`);
  }
  for (const tick of within.querySelectorAll("text[data-at]")) {
    // What the server wrote says how much there is room for: `11/25`, `11/25 20:00`, `20:00` or `20:00:00`.
    const utc = tick.getAttribute("data-utc") ?? tick.textContent ?? "";
    tick.setAttribute("data-utc", utc);
    const [date, clock] = written(new Date(Number(tick.getAttribute("data-at")) * 1000)).slice(5).split(" ");
    const day = date.replace("-", "/");
    const isDay = utc.includes("/") && !utc.includes(" ");
    const whole = isDay && clock === "00:00:00" ? day : `${day} ${clock.slice(0, 5)}`;
    const label = utc.includes("/") ? whole : clock.slice(0, utc.length);
    if (tick.textContent !== label) tick.textContent = label;
  }
};

const button = /** @type {HTMLButtonElement | null} */ (document.getElementById("zone"));
const label = () => button && (button.textContent = name());
if (button) {
  label();
  button.addEventListener("click", () => {
    localStorage.setItem("zone", chosen() === "utc" ? "browser" : "utc");
    root.dataset.zone = chosen();
    tell();
    label();
    localize(document);
    document.dispatchEvent(new Event("refreshed"));
  });
}
localize(document);
