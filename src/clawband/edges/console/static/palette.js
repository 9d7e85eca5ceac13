// Cmd-K or Ctrl-K: goes anywhere, with the keyboard alone.

const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = document.getElementById("palette-list");
const MOST = 12;
let places = [];
let chosen = 0;

export async function palette() {
  if (dialog.open) return dialog.close();
  input.value = "";
  dialog.showModal();
  draw();
  const answer = await fetch("/palette", { headers: { accept: "application/json" } });
  if (answer.ok) places = await answer.json();
  draw();
}

function matches() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = places.filter((place) => {
    const text = `${place.label} ${place.kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const typed = input.value.trim();
  if (typed) {
    const id = /^(apr|dec|evt)_/.test(typed);
    const place = { label: id ? `Open ${typed}` : `Search the activity for “${typed}”`, kind: id ? "id" : "search", href: `/go?q=${encodeURIComponent(typed)}` };
    if (id) found.unshift(place);
    else found.push(place);
  }
  return found.slice(0, MOST);
}

function draw() {
  const found = matches();
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list.replaceChildren(
    ...found.map((place, number) => {
      const item = document.createElement("li");
      const label = document.createElement("bdi");
      const kind = document.createElement("span");
      label.textContent = place.label;
      kind.textContent = place.kind;
      kind.className = "muted small";
      item.append(label, kind);
      item.id = `place-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(number === chosen));
      item.addEventListener("click", () => go(place));
      return item;
    }),
  );
  input.setAttribute("aria-activedescendant", found.length ? `place-${chosen}` : "");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
}

function go(place) {
  dialog.close();
  location.href = place.href;
}

input.addEventListener("input", () => {
  chosen = 0;
  draw();
});
input.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const count = list.children.length;
    chosen = count ? (chosen + step + count) % count : 0;
    draw();
  } else if (event.key === "Enter") {
    event.preventDefault();
    const place = matches()[chosen];
    if (place) go(place);
  }
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
