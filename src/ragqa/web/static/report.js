// What the parser reads from a file is fetched only when somebody opens it: it reads the file anew.

for (const details of document.querySelectorAll("[data-report]")) {
  const body = details.querySelector("div");
  details.addEventListener("toggle", async () => {
    if (!details.open || body.dataset.state) return;
    body.dataset.state = "asked";
    body.textContent = "Reading the file …";
    const response = await fetch(details.dataset.report).catch(() => null);
    const found = await response?.json().catch(() => null);
    const report = document.createElement("pre");
    report.className = "report";
    report.tabIndex = 0;
    report.textContent = found?.report ?? found?.detail ?? "The report cannot be read. Try again later.";
    body.replaceChildren(report);
    if (!response?.ok) delete body.dataset.state;
  });
}
