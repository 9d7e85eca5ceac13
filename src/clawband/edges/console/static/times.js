// Keeps relative times fresh and adds the reader's own time zone on hover.

const zone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const steps = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86400, 3600, "h"],
  [Infinity, 86400, "d"],
];
// The server's clock counts: a wrong clock here must not make a fresh heartbeat look old.
let ahead = 0;

export function ago(milliseconds) {
  const seconds = Math.trunc(milliseconds / 1000);
  if (Math.abs(seconds) < 2) return "just now";
  const [, size, unit] = steps.find(([most]) => Math.abs(seconds) < most);
  const amount = `${Math.trunc(Math.abs(seconds) / size)} ${unit}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

export function synchronise(page) {
  const date = Date.parse(page?.documentElement.dataset.now ?? "");
  if (!Number.isNaN(date)) ahead = date - Date.now();
}

// What is left of a time box, to the second; over it the clock goes on with a minus.
export function clocks() {
  const now = Date.now() + ahead;
  for (const each of document.querySelectorAll("time[data-clock]")) {
    const left = Math.round((Date.parse(each.dateTime) - now) / 1000);
    const [minutes, seconds] = [Math.trunc(Math.abs(left) / 60), Math.abs(left) % 60];
    each.textContent = `${left < 0 ? "−" : ""}${minutes}:${String(seconds).padStart(2, "0")}`;
  }
}

export function times() {
  const now = Date.now() + ahead;
  for (const each of document.querySelectorAll("time[datetime]")) {
    const at = new Date(each.dateTime);
    each.title = `${zone.format(at)} (${each.dateTime})`;
    if (!("fixed" in each.dataset)) {
      const text = ago(now - at.getTime());
      if (each.textContent !== text) each.textContent = text;
    }
  }
}
