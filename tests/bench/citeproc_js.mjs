// Drives citeproc-js (npm "citeproc") by the protocol of the CSL suite's drivers: JSON lines in and
// out. Tests and benches only. Two environment variables say where things are:
//   CITEPROC_JS  a folder with node_modules/citeproc     CSL_LOCALES  a folder of locales-xx-XX.xml
// Besides the protocol's "result", an answer has "cpu_s" (user + system seconds for this request);
// a request may have "batch": true to format all its citations in one pass, as a converter does,
// "abbreviations" (lists by jurisdiction and category), "section" (what makeBibliography is told of
// the entries that are wanted) and "uncited" (ids).
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(path.join(path.resolve(process.env.CITEPROC_JS), "x.js"));
const CSL = require("citeproc");
CSL.debug = () => {};

function readLocale(tag) {
  const file = path.join(process.env.CSL_LOCALES, `locales-${tag}.xml`);
  return existsSync(file) ? readFileSync(file, "utf8") : false;
}

// The hook by which a host tells the engine of an abbreviation: as written, in the item's
// jurisdiction, those around it ("us:c9", "us") and "default".
function abbreviator(lists) {
  return (_style, known, jurisdiction, category, text) => {
    const wider = jurisdiction.split(":").map((_, i, parts) => parts.slice(0, parts.length - i).join(":"));
    for (const place of [...wider, "default"]) {
      const found = lists[place]?.[category]?.[text];
      if (!found) continue;
      known[place] ||= new CSL.AbbreviationSegments();
      known[place][category][text] = found;
      return place;
    }
    return "default";
  };
}

function makeEngine(request) {
  const items = new Map(request.input.map((item) => [String(item.id), item]));
  const system = { retrieveLocale: readLocale, retrieveItem: (id) => items.get(String(id)) };
  if (request.abbreviations) system.getAbbreviation = abbreviator(request.abbreviations);
  return new CSL.Engine(system, request.csl, request.locale || undefined, Boolean(request.locale));
}

function bibliography(engine, section) {
  const made = engine.makeBibliography(section);
  if (!made) return { result: "" };
  const [facts, entries] = made;
  return {
    result: facts.bibstart + entries.join("") + facts.bibend,
    entries: facts.entry_ids.map((ids, i) => [ids[0], entries[i]]),
    widest: facts.maxoffset,
  };
}

function replay(engine, operations) {
  const texts = new Map();
  let order = [];
  let changed = new Set();
  for (const [citation, before, after] of operations) {
    const [, updates] = engine.processCitationCluster(citation, before, after);
    order = [...before.map(([id]) => id), citation.citationID, ...after.map(([id]) => id)];
    changed = new Set();
    for (const [index, text] of updates) {
      texts.set(order[index], text);
      changed.add(order[index]);
    }
  }
  return order.map((id, i) => `${changed.has(id) ? ">>" : ".."}[${i}] ${texts.get(id)}`).join("\n");
}

function answer(request) {
  const engine = makeEngine(request);
  const ids = request.input.map((item) => String(item.id));
  if (request.batch && request.citations) {
    const citations = request.citations.map(([citation]) => citation);
    const made = engine.rebuildProcessorState(citations, "html", []);
    return { result: made.map(([, , text], i) => `..[${i}] ${text}`).join("\n") };
  }
  if (request.citations) {
    const text = replay(engine, request.citations);
    if (request.uncited) engine.updateUncitedItems(request.uncited);
    return request.mode === "bibliography" ? bibliography(engine, request.section) : { result: text };
  }
  engine.updateItems(ids);
  if (request.mode === "bibliography") return bibliography(engine, request.section);
  const clusters = request.citation_items || [engine.registry.reflist.map(({ id }) => ({ id }))];
  return { result: clusters.map((cites) => engine.makeCitationCluster(cites)).join("\n") };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const request = JSON.parse(line);
  const start = process.cpuUsage();
  let reply;
  try {
    reply = answer(request);
  } catch (error) {
    reply = { error: String(error && error.message ? error.message : error) };
  }
  const used = process.cpuUsage(start);
  reply.cpu_s = (used.user + used.system) / 1e6;
  process.stdout.write(`${JSON.stringify({ name: request.name, ...reply })}\n`);
}
