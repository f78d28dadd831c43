// Makes the page quicker to use; everything also works without it.
// A citation is a link to the quote in its document. Here it opens the same quote in a panel beside the answer.

const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const panelTitle = document.getElementById("panel-title");
const citations = [...document.querySelectorAll("a.cite")];
let opener = null;

async function openQuote(link) {
  const address = new URL(link.href);
  address.searchParams.set("part", "panel");
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) {
    location.assign(link.href);
    return;
  }
  panelBody.innerHTML = await response.text();
  panelTitle.textContent = `Source ${link.dataset.source}`;
  opener?.classList.remove("open");
  opener = link;
  link.classList.add("open");
  panel.hidden = false;
  document.body.classList.add("with-panel");
  panel.focus({ preventScroll: true });
  panelBody.querySelector("mark")?.scrollIntoView({ block: "center" });
  link.scrollIntoView({ block: "nearest" });
}

function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove("with-panel");
  opener?.classList.remove("open");
  opener?.focus();
  opener = null;
}

function step(distance) {
  const row = citations.indexOf(opener);
  const next = citations[(row + distance + citations.length) % citations.length];
  if (next) openQuote(next);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite, a.place");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  openQuote(link);
});

panel.addEventListener("click", (event) => {
  const action = event.target.closest("[data-panel]")?.dataset.panel;
  if (action === "close") closePanel();
  if (action === "next") step(1);
  if (action === "previous") step(-1);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape") closePanel();
  if (event.key === "/" && !typing) {
    event.preventDefault();
    document.getElementById("question")?.focus();
  }
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("form.ask textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// Questions are short: Enter asks, Shift+Enter starts a new line. A second press while the answer is on its way asks nothing new.
for (const form of document.querySelectorAll("form.ask")) {
  form.addEventListener("submit", () => form.classList.add("busy"));
}
addEventListener("pageshow", () => document.querySelectorAll("form.busy").forEach((form) => form.classList.remove("busy")));

function say(text) {
  const status = document.querySelector(".said");
  if (status) status.textContent = text;
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say("The browser did not allow copying; save the answer instead.");
  }
}

for (const button of document.querySelectorAll(".take button")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if ("print" in button.dataset) print();
    else if ("copyAddress" in button.dataset) await copy(location.href, "Link copied.");
    else await copy(await (await fetch(button.dataset.copy)).text(), "Answer copied as Markdown, with its quotes.");
  });
}

const sieve = document.querySelector("[data-sieve]");
if (sieve) {
  sieve.closest("label").hidden = false;
  sieve.addEventListener("input", () => {
    const wanted = sieve.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of document.querySelectorAll("tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    }
  });
}
