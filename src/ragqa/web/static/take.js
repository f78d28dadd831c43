// What a reader takes along: the answer as text with its references, on paper, its address; and the check of every quote.

const show = (root) => root.querySelectorAll(".take [data-take][hidden]").forEach((button) => (button.hidden = false));
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
  article.querySelectorAll(".statement.fails").forEach((item) => item.classList.remove("fails"));
  const failures = found.failures ?? [];
  for (const failure of failures) {
    article.querySelectorAll(`[data-statement="${CSS.escape(failure.statement_id)}"]`).forEach((item) => item.classList.add("fails"));
  }
  const n = article.querySelectorAll(".part .cite").length;
  if (found.ok) say(take, `Checked now: each of the ${n} citations stands word for word in its document.`, "holds");
  else say(take, `Checked now: ${failures.map((failure) => `${failure.statement_id}: ${failure.problem}`).join(" ")}`, "fails");
}

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
