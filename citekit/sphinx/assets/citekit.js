// Comfort on top of pages that are complete without it: copy buttons, filters, highlights and their
// notes lit together. No request to anywhere.
"use strict";

const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}

async function copy(text, made) {
  const before = made.textContent;
  try {
    await navigator.clipboard.writeText(text);
    made.textContent = "Copied";
  } catch {
    made.textContent = "Not allowed here";
  }
  setTimeout(() => { made.textContent = before; }, 1600);
}

function addCopyButtons() {
  for (const box of all(".ck-copyable, .ck-cite details .highlight")) {
    const text = box.innerText.trim();
    const made = button("Copy", () => copy(text || box.textContent.trim(), made));
    made.className = "ck-copy";
    box.after(made);
  }
}

function lightTogether() {
  for (const mark of all("mark[data-notes]")) {
    const notes = mark.dataset.notes.split(" ").map((id) => document.getElementById(`a-${id}`));
    const light = (on) => [mark, ...notes].forEach((one) => one?.classList.toggle("ck-lit", on));
    mark.addEventListener("mouseenter", () => light(true));
    mark.addEventListener("mouseleave", () => light(false));
  }
  for (const note of all(".ck-note[id]")) {
    const id = note.id.slice(2);
    const marks = all("mark[data-notes]").filter((m) => m.dataset.notes.split(" ").includes(id));
    const light = (on) => marks.forEach((mark) => mark.classList.toggle("ck-lit", on));
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
      note.addEventListener(event, () => light(on));
    }
  }
}

function addFilter(box) {
  const cards = all(".ck-card[data-values]");
  const chosen = new Map();
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = box.title || "Filter";
  field.setAttribute("aria-label", field.placeholder);
  const told = document.createElement("p");
  told.className = "ck-faint";
  told.setAttribute("role", "status");

  function update() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      const text = card.textContent.toLowerCase();
      const values = card.dataset.values.split("\t");
      const fits = words.every((w) => text.includes(w)) && [...chosen.values()].every((v) => values.includes(v));
      card.hidden = !fits;
      card.style.display = fits ? "" : "none";
    }
    for (const group of all(".ck-group")) {
      group.style.display = all(".ck-card", group).some((card) => !card.hidden) ? "" : "none";
    }
    const shown = cards.filter((card) => !card.hidden).length;
    told.textContent = shown === cards.length ? "" : `${shown} of ${cards.length}`;
  }

  for (const facet of all(".ck-facet", box)) {
    for (const value of all("[data-facet]", facet)) {
      const made = button(value.dataset.facet, () => {
        const on = made.getAttribute("aria-pressed") !== "true";
        all("button", facet).forEach((other) => other.setAttribute("aria-pressed", "false"));
        made.setAttribute("aria-pressed", String(on));
        on ? chosen.set(facet, value.dataset.facet) : chosen.delete(facet);
        update();
      });
      made.setAttribute("aria-pressed", "false");
      facet.append(made);
    }
    all("p", facet).forEach((words) => words.remove());
  }
  field.addEventListener("input", update);
  box.prepend(field);
  box.append(told);
  box.removeAttribute("title");
  box.classList.add("ck-ready");
}

addCopyButtons();
lightTogether();
all(".ck-filter").forEach(addFilter);
