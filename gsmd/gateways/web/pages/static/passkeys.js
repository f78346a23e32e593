// @ts-check
/* Passkeys: the one thing of the pages that has no way without a script, for it is the browser that speaks with the device.

   Theory of operation (WebAuthn §7). The gateway gives options in JSON, with octets as base64url; `navigator.credentials` wants
   them as octets, asks the device and the person, and its answer goes back as JSON. Where the browser can do none of that what is
   marked with `data-passkey` is not shown. */

/** @param {string} text */
const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
/** @param {ArrayBuffer | null} buffer */
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** @param {string} path @param {object} [body] */
async function ask(path, body = {}) {
  const how = { method: "POST", credentials: /** @type {const} */ ("same-origin"), headers: { "Content-Type": "application/json" } };
  const response = await fetch(`/api/v1${path}`, { ...how, body: JSON.stringify(body) });
  const said = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(said.detail);
  return said;
}

/** @param {any} found */
function toJson(found) {
  const response = /** @type {Record<string, string | null>} */ ({});
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (found.response[name]) response[name] = text(found.response[name]);
  }
  return { id: found.id, rawId: text(found.rawId), type: found.type, clientExtensionResults: {}, response };
}

/* A device shows that it has a passkey. */
async function show() {
  const { challenge, options } = await ask("/sessions/challenge");
  const publicKey = { ...options, challenge: octets(options.challenge) };
  return { challenge, credential: toJson(await navigator.credentials.get({ publicKey })) };
}

/* A device makes one. */
/** @param {string} path @param {object} [body] */
async function make(path, body) {
  const { challenge, options } = await ask(`${path}/challenge`, body);
  const excludeCredentials = (options.excludeCredentials ?? []).map((/** @type {any} */ each) => ({ ...each, id: octets(each.id) }));
  const user = { ...options.user, id: octets(options.user.id) };
  const publicKey = { ...options, user, excludeCredentials, challenge: octets(options.challenge) };
  return { challenge, credential: toJson(await navigator.credentials.create({ publicKey })) };
}

/** @type {Record<string, (place: HTMLElement) => Promise<string>>} */
const acts = {
  "sign-in": async (place) => {
    await ask("/sessions/passkey", await show());
    return place.dataset.next ?? "/";
  },
  accept: async (place) => {
    const invitation = place.dataset.invitation ?? "";
    await ask("/invitations/passkey", { invitation, ...await make("/invitations", { invitation }) });
    return "/";
  },
  confirm: async (place) => {
    await ask("/sessions/here", { passkey: await show() });
    if ("onward" in place.dataset) return location.href;
    const done = /** @type {HTMLElement | null} */ (place.parentElement?.querySelector("[data-passkey-done]"));
    if (done) done.hidden = false;
    return "";
  },
  add: async (place) => {
    const form = new FormData(/** @type {HTMLFormElement} */ (place));
    const password = form.get("password");
    await ask("/sessions/here", password === null ? { passkey: await show() } : { password });
    await ask("/me/passkeys", { name: form.get("name"), ...await make("/me/passkeys") });
    return location.href;
  },
};

/** @param {HTMLElement} place */
async function act(place) {
  const problem = /** @type {HTMLElement | null} */ (document.querySelector("[data-passkey-problem]"));
  if (problem) problem.hidden = true;
  try {
    const onward = await acts[place.dataset.passkey ?? ""](place);
    if (!onward) return;
    if (onward === location.href) location.reload(); else location.assign(onward);
  } catch (error) {
    if (!problem) return;
    // who stopped it, and what took too long, is one error on purpose (§6.2.4): the browser's words help nobody
    problem.textContent = error instanceof DOMException ? problem.dataset.passkeyProblem ?? "" : /** @type {Error} */ (error).message;
    problem.hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const place = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("button[data-passkey]"));
  if (place) act(place);
});
document.addEventListener("submit", (event) => {
  const place = /** @type {HTMLElement} */ (event.target);
  if (!("passkey" in place.dataset)) return;
  event.preventDefault();
  act(place);
});

// without TLS, or by an address, a browser has no passkeys for us
if (window.PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname)) document.documentElement.dataset.passkeys = "";
