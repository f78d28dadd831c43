// Makes the pages quicker to use; asking and reading also work without it. Each part is loaded where its page needs it.

const parts = {
  "#panel": "./panel.js",
  ".take": "./take.js",
  "form[data-follow-up]": "./conversation.js",
  "article.answer": "./feedback.js",
  ".library": "./library.js",
  "[data-report]": "./report.js",
};
for (const [selector, part] of Object.entries(parts)) {
  if (document.querySelector(selector)) import(part);
}

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
