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

async function copy(text, made, html = "") {
  const before = made.textContent;
  try {
    if (html && window.ClipboardItem) {
      const forms = { "text/plain": text, "text/html": html };
      const blobs = Object.entries(forms).map(([type, words]) => [type, new Blob([words], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    } else {
      await navigator.clipboard.writeText(text);
    }
    made.textContent = "Copied";
  } catch {
    made.textContent = "Not allowed here";
  }
  setTimeout(() => { made.textContent = before; }, 1600);
}

// What a word processor takes: italics and links, without our classes, links in full.
function richly(box) {
  const clone = box.cloneNode(true);
  all("a", clone).forEach((a, i) => { a.setAttribute("href", all("a", box)[i].href); });
  for (const one of all("*", clone)) {
    for (const { name } of [...one.attributes]) if (name !== "href") one.removeAttribute(name);
  }
  return clone.innerHTML.trim();
}

function addCopyButtons() {
  for (const box of all(".ck-copyable, .ck-cite details .highlight")) {
    const text = box.innerText.trim();
    const html = box.matches(".ck-copyable") ? richly(box) : "";
    const made = button("Copy", () => copy(text || box.textContent.trim(), made, html));
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

// ---- lists: words, facets with counts, and the address that has them ----------------------------

const ENTRIES = ".ck-card[data-values], ul.ck-timeline .ck-moment, ul.ck-references > li, table.ck-claims tbody tr";
const PAGE = 200; // entries; more come at the press of a button
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/ı/g, "i").toLowerCase();
const valuesOf = (entry) => (entry.dataset.values ?? entry.querySelector("[data-values]")?.dataset.values ?? "").split("\t");
const show = (entry, on) => { entry.hidden = !on; entry.style.display = on ? "" : "none"; };

function addFilter(box) {
  const entries = all(ENTRIES).map((entry) => ({ entry, text: folded(entry.textContent), values: valuesOf(entry) }));
  const chosen = new Map();
  let most = PAGE;
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = box.title || "Filter";
  field.setAttribute("aria-label", field.placeholder);
  const told = document.createElement("p");
  told.className = "ck-faint";
  told.setAttribute("role", "status");
  const more = button("Show more", () => { most += PAGE; update(); });
  more.className = "ck-copy";
  const facets = all(".ck-facet", box).map((facet) => ({ facet, name: facet.title, buttons: [] }));

  const fits = ({ text, values }, words, other = null, value = null) =>
    words.every((w) => text.includes(w)) && (value === null || values.includes(value)) &&
    [...chosen].every(([name, v]) => name === other || values.includes(v));

  function update() {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    const fitting = entries.filter((one) => fits(one, words));
    const shown = new Set(fitting.slice(0, most));
    entries.forEach((one) => show(one.entry, shown.has(one)));
    for (const group of all(".ck-group, ul.ck-timeline > li")) {
      show(group, all(ENTRIES, group).some((entry) => !entry.hidden));
    }
    for (const { name, buttons } of facets) {
      for (const made of buttons) {
        made.querySelector(".ck-count").textContent = entries.filter((one) => fits(one, words, name, made.value)).length;
        made.setAttribute("aria-pressed", String(chosen.get(name) === made.value));
      }
    }
    more.hidden = fitting.length <= most;
    told.textContent = fitting.length === entries.length ? "" : `${fitting.length} of ${entries.length}`;
  }

  function remember() {
    const state = new URLSearchParams([...(field.value ? [["q", field.value]] : []), ...chosen]);
    const hash = state.size ? `#?${state}` : "";
    if (hash || location.hash.startsWith("#?")) history.replaceState(null, "", hash || "#");
  }

  function restore() {
    if (location.hash && !location.hash.startsWith("#?")) return;
    const state = new URLSearchParams(location.hash.slice(2));
    field.value = state.get("q") ?? "";
    chosen.clear();
    for (const { name, buttons } of facets) {
      const value = state.get(name);
      if (buttons.some((made) => made.value === value)) chosen.set(name, value);
    }
    update();
  }

  for (const { facet, name, buttons } of facets) {
    for (const value of all("[data-facet]", facet)) {
      const made = button(value.dataset.facet, () => {
        chosen.get(name) === made.value ? chosen.delete(name) : chosen.set(name, made.value);
        most = PAGE;
        update();
        remember();
      });
      made.value = value.dataset.facet;
      const count = document.createElement("span");
      count.className = "ck-count";
      made.append(" ", count);
      buttons.push(made);
      facet.append(made);
    }
    facet.setAttribute("role", "group");
    facet.setAttribute("aria-label", name);
    all("p", facet).forEach((words) => words.remove());
  }
  field.addEventListener("input", () => { most = PAGE; update(); remember(); });
  addEventListener("hashchange", restore);
  box.prepend(field);
  box.append(told);
  entries.at(-1)?.entry.closest("section, ul, table, .ck-cards")?.after(more);
  box.removeAttribute("title");
  box.classList.add("ck-ready");
  update();
  restore();
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

// ---- cite these words ------------------------------------------------------------------------

const bare = (node) => {
  all(".ck-anchor, .ck-sr, .ck-gap", node).forEach((one) => one.remove());
  return node.textContent.replace(/\s+/g, " ");
};

// Source: https://wicg.github.io/scroll-to-text-fragment/ §3; a hyphen is syntax there.
const percent = (words) => encodeURIComponent(words).replace(/-/g, "%2D");

function textFragment(words, before, after) {
  const parts = words.split(" ");
  const ends = [parts.slice(0, 5).join(" "), parts.slice(-5).join(" ")];
  const text = parts.length > 12 ? ends.map(percent).join(",") : percent(words);
  const page = bare(document.querySelector("article").cloneNode(true)).toLowerCase();
  if (page.split(words.toLowerCase()).length <= 2) return text;
  const [first, last] = [before.trim().split(" ").slice(-4).join(" "), after.trim().split(" ").slice(0, 4).join(" ")];
  return `${first ? `${percent(first)}-,` : ""}${text}${last ? `,-${percent(last)}` : ""}`;
}

function selectedPassage(article) {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const text = (range.startContainer.parentElement ?? range.startContainer).closest?.(".ck-text");
  if (!text || !article.contains(text)) return null;
  const part = (set) => { const r = document.createRange(); r.selectNodeContents(text); set(r); return bare(r.cloneContents()); };
  const inside = document.createRange();
  inside.selectNodeContents(text);
  const end = text.contains(range.endContainer) ? range : inside;
  const before = part((r) => r.setEnd(range.startContainer, range.startOffset));
  const after = part((r) => r.setStart(end.endContainer, end.endOffset));
  const words = part((r) => { r.setStart(range.startContainer, range.startOffset); r.setEnd(end.endContainer, end.endOffset); }).trim();
  return words ? { words, before, after, row: text.closest(".ck-row") } : null;
}

function line(label, html, text) {
  const made = document.createElement("p");
  const words = document.createElement("span");
  const name = document.createElement("strong");
  name.textContent = `${label} `;
  html ? words.append(html) : (words.textContent = text);
  const press = button("Copy", () => copy(words.textContent.trim(), press, html ? richly(words) : ""));
  press.className = "ck-copy";
  press.setAttribute("aria-label", `Copy: ${label}`);
  made.append(name, words, " ", press);
  return made;
}

function citeLines({ words, before, after, row }) {
  const number = row.id.slice(1);
  const form = document.querySelector(".ck-passage-form");
  const reference = document.querySelector(".ck-reference p");
  const cited = document.createDocumentFragment();
  cited.append(`“${words}” `, ...(form?.cloneNode(true).childNodes ?? []));
  all(".ck-number-of", cited).forEach((one) => { one.textContent = number; });
  const entry = document.createDocumentFragment();
  entry.append(...(reference?.cloneNode(true).childNodes ?? []));
  const fragment = textFragment(words, before, after);
  const here = location.href.split("#")[0];
  const source = document.querySelector(".ck-actions a.ck-out");
  return [
    line("Quotation", cited),
    line("Reference", entry),
    line("Link to the paragraph", null, `${here}#${row.id}`),
    line("Link to the words", null, `${here}#${row.id}:~:text=${fragment}`),
    ...(source ? [line("At the source", null, `${source.href.split("#")[0]}#:~:text=${fragment}`)] : []),
  ];
}

function citeSelections(article) {
  const panel = document.createElement("section");
  panel.className = "ck-citepanel";
  panel.setAttribute("aria-label", "Cite this passage");
  panel.hidden = true;
  article.after(panel);
  let passage = null;
  const close = button("Close", () => { panel.hidden = true; article.focus?.(); });
  const open = button("Cite this passage", () => {
    panel.replaceChildren(...citeLines(passage), close);
    close.focus();
  });
  open.className = close.className = "ck-copy";
  document.addEventListener("selectionchange", () => {
    const found = selectedPassage(article);
    const isBusy = panel.contains(document.activeElement);
    if (!found && (isBusy || panel.contains(close))) return;
    passage = found ?? passage;
    panel.hidden = !found;
    if (found) panel.replaceChildren(open);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") panel.hidden = true; });
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
  citeSelections(article);
  focusMarks(article);
  stepThrough(article);
  showTarget();
}

// ---- Sphinx's search: it reads over numbers, knows no accents, and no key of a source ----------

function mendSearch() {
  if (typeof Search === "undefined" || !Search._parseQuery) return;
  const parse = Search._parseQuery;
  const perform = Search._performSearch;
  const plain = new Map();

  // The word as the index has it, whatever its accents.
  function indexed(term) {
    const tables = [Search._index.terms, Search._index.titleterms];
    if (tables.some((table) => Object.hasOwn(table, term))) return term;
    if (!plain.size) tables.flatMap(Object.keys).forEach((one) => plain.set(folded(one), one));
    return plain.get(folded(term)) ?? term;
  }

  Search._parseQuery = (query) => {
    const parsed = parse(query);
    const [, terms, , lights] = parsed;
    const numbers = splitQuery(query.trim()).filter((word) => /^\d+$/.test(word));
    const found = [...terms, ...numbers].map(indexed);
    terms.clear();
    found.forEach((term) => terms.add(term));
    numbers.forEach((word) => lights.add(word));
    return parsed;
  };

  Search._performSearch = (query, ...more) => {
    const results = perform(query, ...more);
    const { docnames, titles, filenames } = Search._index;
    const page = `items/${query.trim().toLowerCase()}`;
    const at = docnames.findIndex((name) => name.toLowerCase() === page);
    if (at < 0) return results;
    const others = results.filter((one) => one[0] !== docnames[at] || one[2]);
    return [...others, [docnames[at], titles[at], "", null, 1000, filenames[at], SearchResultKind.title]];
  };
}

addCopyButtons();
mendSearch();
lightTogether();
readingView();
all(".ck-filter").forEach(addFilter);
