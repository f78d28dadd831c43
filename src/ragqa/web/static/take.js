// What a reader takes along: the answer as text with its references, on paper, its address; and the check of every quote.

const show = (root) => root.querySelectorAll(".take [data-take][hidden], .left-out[hidden]").forEach((control) => (control.hidden = false));
show(document);
document.addEventListener("ragqa:turn", (event) => show(event.target));

function say(take, text, kind = "") {
  const said = take.querySelector(".said");
  said.className = `said ${kind}`;
  said.textContent = text;
}

async function read(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `The service answered ${response.status}.`);
  }
  return response;
}

async function copyText(take, text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(take, done);
  } catch {
    say(take, "The browser did not allow copying; save the answer instead.");
  }
}

async function verify(take) {
  const article = take.closest("article.answer");
  const found = await (await read(`/v1/answers/${take.dataset.answer}/verify`, { method: "POST" })).json();
  const failing = found.statements.filter((statement) => !statement.holds);
  for (const item of article.querySelectorAll("[data-statement]")) {
    item.classList.toggle("fails", failing.some((statement) => statement.id === item.dataset.statement));
  }
  const n = found.statements.length;
  if (found.holds) {
    const again = found.replayed ? " The question gives the same answer again." : "";
    const all = n === 1 ? "the statement stands" : `all ${n} statements stand`;
    return say(take, `Checked now: ${all} word for word in the library.${again}`, "holds");
  }
  const reasons = failing.map((statement) => `${statement.id}: ${statement.failed.map((item) => item.means).join(", ")}`);
  const rest = found.replayed === false ? ["The question gives another answer now."] : [];
  return say(take, `Checked now: ${[...reasons, ...found.problems, ...rest].join(" ")}`, "fails");
}

async function explain(details) {
  const body = details.querySelector("div");
  if (!details.open || body.childElementCount) return;
  body.textContent = "Looking again …";
  try {
    const asked = JSON.stringify({ question: details.dataset.question, explain: true });
    const { explain: found } = await (await read("/v1/ask", { method: "POST", body: asked, headers: { "Content-Type": "application/json" } })).json();
    const list = document.createElement("ul");
    for (const item of found.left_out) {
      const entry = document.createElement("li");
      const why = document.createElement("small");
      why.textContent = ` ${item.source}. Not shown, since ${item.reason}.`;
      entry.append(item.text, why);
      list.append(entry);
    }
    if (!found.left_out.length) list.append(Object.assign(document.createElement("li"), { textContent: "Nothing else came close." }));
    body.replaceChildren(list);
  } catch (error) {
    body.textContent = error.message;
  }
}
document.addEventListener("toggle", (event) => event.target.matches(".left-out") && explain(event.target), true);

document.addEventListener("click", async (event) => {
  const control = event.target.closest("[data-take]");
  if (!control) return;
  const take = control.closest(".take");
  const { answer } = take.dataset;
  const action = control.dataset.take;
  if (action === "print") return print();
  if (action === "link" && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  control.disabled = true;
  try {
    if (action === "copy") await copyText(take, await (await read(`/v1/answers/${answer}.md`)).text(), "Copied as text, with its references.");
    if (action === "link") await copyText(take, new URL(control.getAttribute("href"), location.href).href, "The link to this answer is copied.");
    if (action === "verify") await verify(take);
  } catch (error) {
    say(take, error.message, "fails");
  } finally {
    control.disabled = false;
  }
});

// An open menu closes when something else is meant.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".take details[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(".take details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
