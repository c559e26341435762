"use strict";
// The page is whole without this: it only lets a reader sort tables and filter rules.
const texts = document.body.dataset;
for (const table of document.querySelectorAll("table.sorts")) {
  const body = table.tBodies[0];
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    const name = head.textContent.trim();
    button.type = "button";
    button.append(...head.childNodes);
    button.title = texts.sort.replace("{column}", name);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => {
        const cell = row.cells[column];
        const text = (cell.querySelector(".share") ?? cell).textContent.trim();
        const number = Number.parseFloat(text.replace(/[,%<>]/g, ""));
        return [Number.isNaN(number) ? Infinity : number, text];
      };
      const rows = [...body.rows].map((row) => [value(row), row]);
      rows.sort(([[a, s]], [[b, t]]) => (a === b ? s.localeCompare(t) : a < b ? -1 : 1));
      if (!up) rows.reverse();
      body.append(...rows.map(([, row]) => row));
    });
  }
}
for (const place of document.querySelectorAll(".filter")) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  input.id = place.dataset.id;
  label.htmlFor = input.id;
  label.textContent = texts.filter;
  place.append(label, input);
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/\s+/);
    for (const row of place.parentElement.querySelectorAll("table.rules tbody tr")) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    }
  });
}
