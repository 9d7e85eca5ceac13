// The live parts. The stream only says that something happened; then the page asks for itself anew
// and takes over the parts marked `data-live`. Nothing moves under somebody who works in them.

import { clocks, synchronise, times } from "./times.js";

const QUIET = 800; // milliseconds between two looks
const main = document.getElementById("main");
const announce = document.getElementById("announce");
const hold = document.getElementById("hold");
const fresh = document.getElementById("fresh");
let source = null;
let held = false;
let waiting = null;
let looking = false;

export function live() {
  synchronise(document);
  times();
  setInterval(times, 5000);
  if (document.querySelector("time[data-clock]")) setInterval(clocks, 1000);
  if (main.dataset.live === undefined) return;
  hold?.addEventListener("click", () => pause(!held));
  fresh?.addEventListener("click", () => look(true));
  document.addEventListener("visibilitychange", connect);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  connect();
  const every = Number(main.dataset.every ?? 0);
  if (every) setInterval(soon, every * 1000);
}

// A hidden page lets go: browsers allow few connections to one server.
function connect() {
  if (document.hidden) return disconnect();
  if (source) return;
  source = new EventSource("/activity/stream");
  source.onopen = () => {
    shown(true);
    lost(false);
  };
  source.onerror = () => {
    shown(false);
    soon();
  };
  source.onmessage = (event) => {
    if (wanted(JSON.parse(event.data).tags)) soon();
  };
  source.addEventListener("leave", () => location.reload());
  if (waiting === null) soon();
}

function disconnect() {
  source?.close();
  source = null;
  shown(false);
}

function wanted(tags) {
  const words = main.dataset.live.split(" ");
  // The first line of every page says who is ungoverned.
  return tags.some((tag) => tag.startsWith("enforcement:") || words.some((word) => word === "*" || tag === word || tag.startsWith(`${word}:`)));
}

function shown(on) {
  if (!hold) return;
  hold.querySelector(".dot").classList.toggle("on", on && !held);
  document.getElementById("hold-word").textContent = held ? "Held" : on ? "Live" : "Connecting …";
}

// A page that cannot ask must not look as if all were well.
function lost(on) {
  document.getElementById("lost").hidden = !on;
}

function pause(on) {
  held = on;
  hold.setAttribute("aria-pressed", String(on));
  shown(source?.readyState === EventSource.OPEN);
  if (!on) look(true);
}

function soon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    look(false);
  }, QUIET);
}

// Somebody works in a part when the focus or a selection is in it, or when they read further down.
function busy(part) {
  const selection = getSelection();
  const selected = !selection.isCollapsed && part.contains(selection.anchorNode);
  const open = document.querySelector("dialog[open]") || part.querySelector("details[open]");
  const below = part.id === "rows" && scrollY > 160;
  return Boolean(selected || open || below || (part.contains(document.activeElement) && document.activeElement !== main));
}

function look(now) {
  if (looking || document.hidden) return;
  looking = true;
  // As a document: the browser parses it without running anything.
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.onloadend = () => {
    looking = false;
    const page = request.responseXML;
    lost(request.status === 0 || request.status >= 500);
    if (request.status === 0 && source) setTimeout(soon, 4000);
    if (request.status !== 200 || !page || new URL(request.responseURL).pathname !== location.pathname) return;
    synchronise(page);
    document.querySelector("#lost time").dateTime = page.documentElement.dataset.now;
    take(page, now);
  };
  request.send();
}

function take(page, now) {
  const nav = document.getElementById("nav");
  if (!nav.contains(document.activeElement)) exchange(nav, page.getElementById("nav"));
  document.title = page.title;
  let late = 0;
  for (const part of main.querySelectorAll("[data-live][id]")) {
    const other = page.getElementById(part.id);
    if (!other) continue;
    const known = new Set([...part.querySelectorAll("[data-id]")].map((row) => row.dataset.id));
    const added = [...other.querySelectorAll("[data-id]")].filter((row) => !known.has(row.dataset.id));
    if (!now && (held || busy(part))) {
      late += added.length;
      continue;
    }
    for (const row of known.size ? added : []) row.classList.add("fresh");
    exchange(part, other);
    if (known.size && added.length) say(added);
  }
  if (fresh) {
    fresh.hidden = late === 0;
    fresh.textContent = `Show ${late} new`;
  }
  times();
}

function exchange(part, other) {
  if (!part || !other || part.isEqualNode(other)) return;
  part.replaceChildren(...document.adoptNode(other).childNodes);
}

function say(added) {
  const first = added[0].innerText || added[0].textContent;
  const words = first.replace(/\s+/g, " ").trim();
  announce.textContent = added.length === 1 ? `New: ${words}` : `${added.length} new. ${words}`;
}
