// A citation is a link to the quote in its document. Here it opens the same quote in a panel beside the answer.

const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const panelTitle = document.getElementById("panel-title");
let opener = null;
let wanted = 0;

async function openQuote(link) {
  const turn = ++wanted;
  const address = new URL(link.href);
  address.searchParams.set("part", "panel");
  const response = await fetch(address).catch(() => null);
  if (turn !== wanted) return;
  if (!response?.ok) {
    location.assign(link.href);
    return;
  }
  panelBody.innerHTML = await response.text();
  panelTitle.textContent = `Source ${link.dataset.source}`;
  const { label } = panelBody.firstElementChild.dataset;
  panelTitle.append(Object.assign(document.createElement("small"), { textContent: ` ${label}` }));
  opener?.classList.remove("open");
  opener = link;
  link.classList.add("open");
  panel.hidden = false;
  document.body.classList.add("with-panel");
  panel.focus({ preventScroll: true });
  const mark = panelBody.querySelector("mark");
  if (mark) {
    const depth = mark.getBoundingClientRect().bottom - panelBody.getBoundingClientRect().top + panelBody.scrollTop;
    panelBody.scrollTop = depth < panelBody.clientHeight * 0.8 ? 0 : depth - mark.offsetHeight - panelBody.clientHeight / 4;
  }
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
  const citations = [...document.querySelectorAll("a.cite")].filter((link) => link.checkVisibility());
  const next = citations[(citations.indexOf(opener) + distance + citations.length) % citations.length];
  if (next) openQuote(next);
}

function keepFocus(event) {
  const stops = [...panel.querySelectorAll("button, a[href], [tabindex='0']")];
  const [first, last] = [stops[0], stops[stops.length - 1]];
  if (event.shiftKey && (document.activeElement === first || document.activeElement === panel)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite, a.place");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (link === opener) closePanel();
  else openQuote(link);
});

panel.addEventListener("click", (event) => {
  const action = event.target.closest("[data-panel]")?.dataset.panel;
  if (action === "close") closePanel();
  if (action === "next") step(1);
  if (action === "previous") step(-1);
});
panel.addEventListener("keydown", (event) => event.key === "Tab" && keepFocus(event));
document.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
