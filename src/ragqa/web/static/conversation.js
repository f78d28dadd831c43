// Follow-up questions are answered in place: the next answer appears under the last one, and the address becomes that of the conversation.

const turns = document.getElementById("turns");
const asking = document.getElementById("asking");
const field = document.getElementById("question");
const main = field.form;
let isAsking = false;

async function ask(fields) {
  if (isAsking) return;
  isAsking = true;
  asking.classList.remove("unseen");
  asking.textContent = "Looking through the library …";
  const body = new URLSearchParams({ conversation: main.elements.conversation.value, after: main.elements.after.value, ...fields, part: "turn" });
  try {
    const response = await fetch("/ask", { method: "POST", body, headers: { Accept: "text/html" } });
    if (!response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const said = page.querySelector(".problem p, .complaint")?.textContent;
      throw new Error(said ?? `The service answered ${response.status}.`);
    }
    add(await response.text(), response.headers);
  } catch (error) {
    asking.textContent = error instanceof TypeError ? "The service cannot be reached. Try again." : error.message;
  } finally {
    isAsking = false;
    main.classList.remove("busy");
  }
}

function add(html, headers) {
  turns.insertAdjacentHTML("beforeend", html);
  const turn = turns.lastElementChild;
  main.elements.conversation.value = headers.get("Ragqa-Conversation");
  main.elements.after.value = turn.querySelector("article.answer").dataset.answer;
  field.value = "";
  asking.classList.add("unseen");
  asking.textContent = "The answer is here.";
  const title = turn.querySelector("h1");
  history.replaceState(null, "", `${headers.get("Ragqa-Page")}#${turn.id}`);
  turn.dispatchEvent(new CustomEvent("ragqa:turn", { bubbles: true }));
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-follow-up]")) return;
  event.preventDefault();
  ask(Object.fromEntries(new FormData(event.target)));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.suggestion");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  ask({ q: link.textContent, audience: main.elements.audience.value });
});
