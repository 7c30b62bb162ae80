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

// ---- an item's page: notes beside their lines, folded where there is no room -----------------

const isWide = (article) => {
  const margin = article.querySelector(".ck-margin");
  return margin !== null && getComputedStyle(margin).gridColumnStart === "3";
};

function placeNotes(article) {
  const notes = all(".ck-margin > .ck-note", article);
  notes.forEach((note) => { note.style.top = note.style.width = ""; });
  article.classList.remove("ck-placed");
  article.style.minHeight = "";
  if (!isWide(article) || (article.dataset.mode ?? "notes") !== "notes") return;
  const widths = notes.map((note) => note.getBoundingClientRect().width);
  article.classList.add("ck-placed");
  notes.forEach((note, i) => { note.style.width = `${widths[i]}px`; });
  const start = article.getBoundingClientRect().top;
  let free = 0;
  for (const note of notes) {
    const mark = article.querySelector(`mark[data-notes~="${note.id.slice(2)}"]`) ?? note.closest(".ck-row");
    const top = Math.max(mark.getClientRects()[0].top - start, free);
    note.style.top = `${top}px`;
    free = top + note.getBoundingClientRect().height + 14;
  }
  article.style.minHeight = `${free}px`;
}

function foldNotes(article) {
  const open = isWide(article);
  all("details.ck-margin", article).forEach((details) => { details.open = open; });
}

function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.closest("details");
  if (!details) return;
  const article = target.closest(".ck-article");
  if (article?.dataset.mode && article.dataset.mode !== "notes") all(".ck-modes button")[0]?.click();
  if (!details.open) {
    details.open = true;
    target.scrollIntoView();
  }
}

function addModes(article) {
  const group = document.createElement("div");
  group.className = "ck-modes";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "How notes are shown");
  const choose = (mode) => {
    article.dataset.mode = mode;
    all("button", group).forEach((b) => b.setAttribute("aria-pressed", String(b.value === mode)));
    placeNotes(article);
  };
  for (const [mode, label] of [["notes", "Notes"], ["numbers", "Numbers"], ["none", "Text alone"]]) {
    const made = button(label, () => choose(mode));
    made.value = mode;
    made.title = "n and p lead to the next and the previous note";
    group.append(made);
  }
  article.before(group);
  choose("notes");
}

function stepThrough(article) {
  const anchors = all("a.ck-anchor", article);
  let at = -1;
  document.addEventListener("keydown", (event) => {
    const step = { n: 1, p: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const here = anchors.indexOf(document.activeElement);
    at = (here >= 0 ? here : at) + step;
    at = Math.max(0, Math.min(anchors.length - 1, at));
    anchors[at].focus({ preventScroll: true });
    anchors[at].scrollIntoView({ block: "center" });
    const note = document.getElementById(decodeURIComponent(anchors[at].hash.slice(1)));
    all(".ck-lit").forEach((one) => one.classList.remove("ck-lit"));
    note?.classList.add("ck-lit");
    const details = note?.closest("details");
    if (details) details.open = true;
  });
}

function focusMarks(article) {
  const seen = new Set();
  for (const mark of all("mark[data-notes]", article)) {
    const id = mark.dataset.notes.split(" ").find((one) => !seen.has(one));
    mark.dataset.notes.split(" ").forEach((one) => seen.add(one));
    if (!id) continue;
    mark.tabIndex = 0;
    mark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== mark) return;
      location.hash = `a-${id}`;
      showTarget();
      document.getElementById(`a-${id}`)?.querySelector("a")?.focus({ preventScroll: true });
    });
  }
}

function readingView() {
  const article = document.querySelector(".ck-item .ck-article");
  if (!article) return;
  if (article.querySelector(".ck-note")) addModes(article);
  foldNotes(article);
  placeNotes(article);
  let wide = isWide(article);
  new ResizeObserver(() => {
    if (isWide(article) !== wide) foldNotes(article);
    wide = isWide(article);
    placeNotes(article);
  }).observe(article.parentElement);
  document.fonts?.ready.then(() => placeNotes(article));
  addEventListener("hashchange", showTarget);
  addEventListener("beforeprint", () => all("details.ck-margin").forEach((d) => { d.open = true; }));
  focusMarks(article);
  stepThrough(article);
  showTarget();
}

addCopyButtons();
lightTogether();
readingView();
all(".ck-filter").forEach(addFilter);
