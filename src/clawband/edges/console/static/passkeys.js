// Passkeys: asks the server for a challenge, then the browser to answer it, and sends the answer as
// the form it belongs to. Pages offer a way without a passkey beside every such form.

const WORDS = {
  NotAllowedError: "The passkey was not used: it took too long, or you stopped it. Try again.",
  InvalidStateError: "This device has a passkey for you already. Sign in with it, or use another device.",
  SecurityError: "Passkeys do not work at this address.",
};
const ways = {
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
};

const able = () => typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";

function say(form, words) {
  const place = form.querySelector("[data-said]");
  place.textContent = words;
  place.hidden = words === "";
}

async function begin(form) {
  const answer = await fetch(form.dataset.begin, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const kind = answer.headers.get("content-type") ?? "";
  // Anything else is the sign-in page: this sign-in has ended.
  if (!kind.startsWith("application/json")) return location.reload();
  const said = await answer.json();
  if (said.go) return location.assign(said.go);
  if (!answer.ok) throw new Error(said.message);
  return said;
}

function elsewhere(options) {
  const wanted = options.rpId ?? options.rp?.id ?? location.hostname;
  const here = location.hostname;
  return here === wanted || here.endsWith(`.${wanted}`) ? "" : wanted;
}

async function ask(form) {
  const begun = await begin(form);
  if (!begun) return;
  const wanted = elsewhere(begun.options);
  if (wanted) throw new Error(`Passkeys work at ${wanted}, and this page is at ${location.hostname}. Open it there.`);
  const credential = await ways[form.dataset.passkey](begun.options);
  form.elements.challenge.value = begun.challenge;
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  if (!able()) {
    button.disabled = true;
    say(form, "This browser has no passkeys here: they need HTTPS or localhost, and a browser of the last years.");
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say(form, "");
    try {
      await ask(form);
    } catch (error) {
      say(form, WORDS[error.name] ?? error.message);
      button.disabled = false;
      button.focus();
    }
  });
}
