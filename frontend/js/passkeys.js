// Passkeys: asks the server what to sign, the browser to sign it, and sends the answer with the form around the button.
// And saves a list that is shown once, as a text file of the person's own.
import { csrfToken } from "./csrf.js";

export function passkeys() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-passkey]");
    if (button) run(button);
    const list = event.target.closest?.("[data-save-list]");
    if (list) save(list);
  });
}

async function run(button) {
  const { form } = button;
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  if (!window.PublicKeyCredential) return tell(problem, button.dataset.unsupported);
  button.disabled = true;
  try {
    const asked = await ask(button);
    if (asked.problem) return tell(problem, asked.problem);
    const credential = await prompt(button.dataset.passkey, asked.options.publicKey);
    form.elements.challenge.value = asked.challenge;
    form.elements.answer.value = JSON.stringify(plain(credential));
    form.requestSubmit ? form.requestSubmit() : form.submit();
  } catch (error) {
    const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "exists", NotSupportedError: "unsupported", SecurityError: "unsupported" };
    tell(problem, button.dataset[words[error.name] ?? "failed"]);
  } finally {
    button.disabled = false;
  }
}

async function ask(button) {
  const response = await fetch(button.dataset.begin, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken(button.form), Accept: "application/json" },
  });
  const isJson = response.headers.get("Content-Type")?.includes("json");
  if (!response.ok && !isJson) throw new Error(String(response.status));
  return response.json();
}

function prompt(kind, given) {
  const publicKey = { ...given, challenge: bytes(given.challenge) };
  const list = (each) => ({ ...each, id: bytes(each.id) });
  if (kind === "add") {
    publicKey.user = { ...given.user, id: bytes(given.user.id) };
    publicKey.excludeCredentials = (given.excludeCredentials ?? []).map(list);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = (given.allowCredentials ?? []).map(list);
  return navigator.credentials.get({ publicKey });
}

// The credential as JSON with base64url, as WebAuthn's own toJSON writes it; not every browser has that one.
function plain(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) answer.attestationObject = text(response.attestationObject);
  if (response.authenticatorData) answer.authenticatorData = text(response.authenticatorData);
  if (response.signature) answer.signature = text(response.signature);
  if (response.userHandle) answer.userHandle = text(response.userHandle);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function bytes(encoded) {
  const binary = atob(encoded.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function text(buffer) {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function tell(place, words) {
  place.textContent = words;
  place.hidden = false;
}

function save(button) {
  const items = document.getElementById(button.dataset.saveList)?.querySelectorAll("li") ?? [];
  const blob = new Blob([[...items].map((item) => item.textContent.trim()).join("\n"), "\n"], { type: "text/plain" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = button.dataset.fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
