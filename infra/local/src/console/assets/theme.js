// Sets the theme that was chosen before the page is drawn; without a choice the system's is used.
(() => {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
