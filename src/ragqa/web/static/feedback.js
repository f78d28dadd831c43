// A word on a single statement: offered where its reasons are opened, and sent only by a press of its own.

const VERDICTS = { supported: "The quote supports it", partly: "Partly", not_supported: "It does not", wrong_population: "Wrong patients", other: "Other" };

function form(statement, answer) {
  const box = document.createElement("form");
  box.className = "verdict";
  box.innerHTML = `<span>Your judgement:</span>${Object.entries(VERDICTS)
    .map(([value, words]) => `<button class="plain" type="button" value="${value}" aria-pressed="false">${words}</button>`)
    .join("")}<label hidden><span class="unseen">In a few words, without anything about a patient</span>
    <input name="note" maxlength="1000" placeholder="In a few words, if you like; nothing about a patient"></label>
    <button class="plain" type="submit" hidden>Send</button><p class="said" role="status"></p>`;
  const [label, send, said] = [box.querySelector("label"), box.querySelector("[type=submit]"), box.querySelector(".said")];
  let verdict = null;
  box.addEventListener("click", (event) => {
    const chosen = event.target.closest("[aria-pressed]");
    if (!chosen) return;
    verdict = chosen.value;
    box.querySelectorAll("[aria-pressed]").forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
    label.hidden = send.hidden = false;
  });
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const body = JSON.stringify({ answer_id: answer, statement_id: statement, verdict, note: box.elements.note.value });
    const response = await fetch("/v1/feedback", { method: "POST", body, headers: { "Content-Type": "application/json" } }).catch(() => null);
    send.disabled = false;
    if (response?.ok) {
      said.textContent = "Thank you; it is kept for the reviewers.";
      label.hidden = send.hidden = true;
    } else {
      said.textContent = (await response?.json().catch(() => null))?.detail ?? "It could not be sent. Try again.";
    }
  });
  return box;
}

document.addEventListener(
  "toggle",
  (event) => {
    const reasons = event.target.matches("details.more[open]") && event.target.querySelector(".reasons");
    if (!reasons || reasons.querySelector(".verdict")) return;
    const statement = event.target.closest("[data-statement]").dataset.statement;
    reasons.append(form(statement, event.target.closest("[data-answer]").dataset.answer));
  },
  true,
);
