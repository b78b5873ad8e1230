// Keeps the live parts of a page fresh, and switches the theme.
(() => {
  "use strict";
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // What somebody did to a part stays when it is swapped: the focus, what is open or closed, how far it is scrolled.
  const state = (part) => {
    const details = [...part.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
    const focused = part.contains(document.activeElement) && part !== document.activeElement ? document.activeElement.id : "";
    return { focused, details, left: part.scrollLeft, top: part.scrollTop };
  };

  const restore = (part, { focused, details, left, top }) => {
    for (const [id, open] of details) byId(id)?.toggleAttribute("open", open);
    if (focused) byId(focused)?.focus({ preventScroll: true });
    part.scrollTo(left, top);
  };

  const swap = (fresh) => {
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (!next || part.dataset.live === next.innerHTML) continue;
      const kept = state(part);
      part.dataset.live = next.innerHTML;
      part.replaceChildren(...next.childNodes);
      restore(part, kept);
    }
  };

  let asking = false;
  const refresh = async () => {
    if (asking || document.hidden || paused()) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      say("");
    } catch {
      say("The server does not answer: what is shown is not up to date.");
    } finally {
      asking = false;
    }
  };

  // A text that has been said is not said again.
  const say = (text) => {
    const stale = byId("stale");
    if (stale.textContent !== text) stale.textContent = text;
  };

  const pause = byId("pause");
  const paused = () => pause?.getAttribute("aria-pressed") === "true";
  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      pause.setAttribute("aria-pressed", String(!paused()));
      refresh();
    });
  }
  if (root.dataset.refresh) {
    setInterval(refresh, Number(root.dataset.refresh) * 1000);
    document.addEventListener("visibilitychange", refresh);
  }
  document.addEventListener("refresh", refresh);

  const theme = byId("theme");
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => (theme.textContent = isDark() ? "Light theme" : "Dark theme");
  theme.hidden = false;
  label();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
})();
