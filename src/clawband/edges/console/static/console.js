// Makes the pages quick: keys, times, copying, the palette and the live parts. No page needs it.

import { live } from "./live.js";
import { palette } from "./palette.js";

const dialog = document.getElementById("keys");
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

function rows() {
  return [...document.querySelectorAll("main [data-row] a.open")];
}

function move(step) {
  const links = rows();
  if (!links.length) return;
  const place = links.indexOf(document.activeElement);
  const next = place < 0 ? (step > 0 ? 0 : links.length - 1) : place + step;
  links[Math.min(Math.max(next, 0), links.length - 1)].focus();
}

const search = () => document.getElementById("q");
const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: () => document.getElementById("approve")?.focus(),
  p: () => document.getElementById("hold")?.click(),
  "/": () => (search() ? search().select() : (location.href = "/activity")),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette();
  } else if (!event.metaKey && !event.ctrlKey && !event.altKey && !typing(event.target) && !document.querySelector("dialog[open]")) {
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }
});

document.getElementById("show-keys").addEventListener("click", (event) => {
  event.preventDefault();
  dialog.showModal();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    // No clipboard without HTTPS on another host: mark the text, so that one key copies it.
    const text = button.previousElementSibling;
    if (text) getSelection().selectAllChildren(text);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 1600);
});

live();
