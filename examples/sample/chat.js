const form = document.querySelector("form");
const said = document.querySelector("#said");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  form.elements.text.value = "";
  await fetch("/send", { method: "POST", headers: { "content-type": "application/json" }, body });
});

function show({ from, bot, person, text }) {
  const who = document.createElement("b");
  who.textContent = from === person ? `${person} to ${bot}` : `${from} to ${person}`;
  const item = document.createElement("li");
  item.append(who, text);
  said.prepend(item);
}

let last = 0;
for (;;) {
  try {
    const news = await (await fetch(`/messages?after=${last}&wait=20`)).json();
    for (const message of news) {
      show(message);
      last = message.n;
    }
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
