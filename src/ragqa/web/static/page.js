// Makes the pages quicker to use; asking and reading also work without it. What only some pages need stands in scripts of its own.

// A page that cannot be drawn leaves the stored text, which is what was quoted.
document.addEventListener("error", (event) => event.target.closest?.(".picture")?.remove(), true);

// Questions are short: Enter asks, Shift+Enter starts a new line, "/" leads to the field.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const field = document.getElementById("question");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("form.ask textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// A second press while the answer is on its way asks nothing new.
document.addEventListener("submit", (event) => event.target.matches("form.ask") && event.target.classList.add("busy"));
addEventListener("pageshow", () => document.querySelectorAll("form.busy").forEach((form) => form.classList.remove("busy")));
