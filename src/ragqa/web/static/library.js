// The library in place: files dropped on the page, their progress, the build that follows, and a list that narrows while one types.

const drop = document.querySelector("form.drop");
const uploads = document.getElementById("uploads");
const state = document.querySelector(".index-state");
const job = document.getElementById("job");
const filters = document.querySelector("form.filters");
const LIVE = ["documents", "holds", "index-about", "problems"];
const STAGES = { read: "Looking at the files", parse: "Reading documents", embed: "Embedding passages", publish: "Publishing" };

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// ---- the list

let typing = 0;
let asked = 0;
async function refresh() {
  const turn = ++asked;
  const address = new URL(filters.action);
  for (const [name, value] of new FormData(filters)) if (value) address.searchParams.set(name, value);
  history.replaceState(null, "", address);
  const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of LIVE) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
}
filters.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(refresh, 180);
});
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
});

// ---- uploads

function send(file) {
  const item = element("li", "", {});
  const bar = element("progress", "", { max: "1", "aria-label": `Sending ${file.name}` });
  const said = element("p", "Sending …");
  item.append(element("strong", file.name), bar, said);
  uploads.append(item);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("files", file);
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.lengthComputable ? event.loaded / event.total : 0;
      if (event.loaded === event.total) {
        bar.removeAttribute("value");
        said.textContent = "Reading the file …";
      }
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      resolve(outcome(item, said, request));
    });
    request.open("POST", "/v1/documents");
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

function outcome(item, said, request) {
  let found = null;
  try {
    found = JSON.parse(request.responseText);
  } catch {
    // What is no JSON says nothing; the status does.
  }
  const upload = found?.uploads?.[0];
  if (!upload) {
    item.className = "bad";
    said.textContent = found?.detail ?? "It could not be sent. Is the service still running?";
    return null;
  }
  const read = upload.document;
  item.className = read ? "good" : "bad";
  said.textContent = read
    ? `Read: ${read.n_pages} ${read.n_pages === 1 ? "page" : "pages"}, ${read.n_sentences} sentences, ${read.n_references} references. ${upload.message}`
    : upload.message || `Not taken in (${upload.status}).`;
  return found.job_id;
}

async function addFiles(files) {
  uploads.replaceChildren();
  const button = drop.querySelector("[type=submit]");
  button.disabled = true;
  let last = null;
  for (const file of files) last = (await send(file)) ?? last;
  button.disabled = false;
  drop.reset();
  if (last) follow(last);
}

if (drop) {
  drop.addEventListener("submit", (event) => {
    event.preventDefault();
    addFiles([...drop.elements.files.files]);
  });
  let depth = 0;
  const isFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => isFiles(event) && (depth++, drop.classList.add("over")));
  addEventListener("dragleave", (event) => isFiles(event) && --depth === 0 && drop.classList.remove("over"));
  addEventListener("dragover", (event) => isFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    depth = 0;
    drop.classList.remove("over");
    addFiles([...event.dataTransfer.files]);
  });
}

// ---- the build

let stream = null;
function follow(id) {
  stream?.close();
  stream = new EventSource(`/v1/jobs/${encodeURIComponent(id)}/events`);
  stream.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("done", (event) => {
    stream.close();
    const ended = JSON.parse(event.data);
    show(ended);
    if (ended.state === "succeeded") refresh();
  });
}

function show(found) {
  if (found.state === "queued" || found.state === "running") {
    const words = found.state === "queued" ? "Waiting for more changes before the build …" : `${STAGES[found.stage] ?? "Building"} …`;
    let bar = job.querySelector("progress");
    if (!bar) {
      bar = element("progress", "", { max: "1", "aria-label": "Progress of the build" });
      job.replaceChildren(element("p", ""), bar);
    }
    if (found.total) bar.value = found.done / found.total;
    else bar.removeAttribute("value");
    const text = found.total ? `${words} ${found.done} of ${found.total}` : words;
    const line = job.querySelector("p");
    if (line.textContent !== text) line.textContent = text;
    return;
  }
  const words = { succeeded: "The index is up to date", failed: "The build failed", interrupted: "The build was interrupted" }[found.state];
  job.replaceChildren(element("p", `${words}: ${found.message}`));
}

document.querySelector("form[data-build]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const response = await fetch("/v1/index/rebuild", { method: "POST" }).catch(() => null);
  const found = await response?.json().catch(() => null);
  if (found?.job_id) follow(found.job_id);
  else job.replaceChildren(element("p", found?.detail ?? "The service cannot be reached. Try again."));
});
if (["queued", "running"].includes(state.dataset.state)) follow(state.dataset.job);
