// @ts-check
/* What lives on the pages. Everything works without it: it asks the server for the same pages, and puts their parts in place.

   Theory of operation. A part is an element with an id and `data-part`. When the daemon tells something that `main[data-live]`
   names, the page is asked for again and its parts that differ are replaced: never the field in which somebody types. A form
   is sent by fetch; where its answer is this page again its parts are replaced, else all of <main> is, and the address follows. A
   tab that nobody looks at hears nothing: a browser has few connections for one host. */

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
const all = (selector, within = document) => [...within.querySelectorAll(selector)].map((each) => /** @type {HTMLElement} */ (each));
/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement | null} */
const one = (selector, within = document) => within.querySelector(selector);
const spoken = document.documentElement.lang;
const language = navigator.languages.find((each) => each.startsWith(spoken)) ?? spoken;

/* Times as the reader writes them. */
/** @param {ParentNode} within */
function localise(within) {
  const today = new Date().toDateString();
  for (const each of all("time[datetime]", within)) {
    const at = new Date(each.getAttribute("datetime") ?? "");
    const kind = each.dataset.kind;
    const isToday = at.toDateString() === today;
    /** @type {Intl.DateTimeFormatOptions} */
    const how = kind === "full" ? { dateStyle: "medium", timeStyle: "medium" }
      : kind === "date" ? { dateStyle: "medium" }
      : kind === "clock" || isToday ? { timeStyle: "short" } : { day: "numeric", month: "short" };
    each.title = at.toLocaleString(language);
    each.textContent = at.toLocaleString(language, how);
  }
}

/** @param {string} address @param {RequestInit} [how] */
async function page(address, how) {
  const response = await fetch(address, { credentials: "same-origin", ...how });
  const text = await response.text();
  return { response, document: new DOMParser().parseFromString(text, "text/html") };
}

/* Replace what differs; where somebody has the focus it stays, and a conversation at its end stays there. */
/** @param {Document} from */
function replaceParts(from) {
  for (const fresh of all("[data-part]", from)) {
    const old = document.getElementById(fresh.id);
    localise(fresh);
    if (!old || old.isEqualNode(fresh) || (old.contains(document.activeElement) && one("input,textarea,select", old)?.matches(":focus"))) continue;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const key = focused && old.contains(focused) ? focused.getAttribute("href") : null;
    old.replaceWith(document.adoptNode(fresh));
    if (key) one(`a[href="${CSS.escape(key)}"]`, fresh)?.focus({ preventScroll: true });
  }
  document.title = from.title;
}

/** @param {Document} from @param {string} address */
function replaceMain(from, address) {
  const fresh = one("main", from);
  if (!fresh) return location.assign(address);
  document.body.className = from.body.className;
  one("main")?.replaceWith(document.adoptNode(fresh));
  const [rail, now] = [one(".rail"), one(".rail", from)];
  if (rail && now) rail.replaceWith(document.adoptNode(now));
  document.title = from.title;
  if (address !== location.href) history.pushState(null, "", address);
  arrive();
  (one("[autofocus]") ?? one("[role=alert]") ?? fresh).focus({ preventScroll: true });
}

const atEnd = () => {
  const right = one(".right");
  const place = right && right.scrollHeight > right.clientHeight ? right : document.scrollingElement;
  return { place, is: !place || place.scrollHeight - place.scrollTop - place.clientHeight < 120 };
};
const toEnd = () => { const { place } = atEnd(); if (place && one(".talk")) place.scrollTop = place.scrollHeight; };

/* Live. */
/** @type {EventSource | null} */
let source = null;
let waiting = 0;
/** @type {Promise<void> | null} */
let under = null;

/* One page at a time is asked for, and none while a form is under way: an older one would undo what a newer one has shown. */
let asking = false;
let again = false;
let forms = 0; // that were answered

async function refresh() {
  waiting = 0;
  if (document.hidden) return;
  if (asking || under) { again = true; return; }
  asking = true;
  const before = forms;
  try {
    const { response, document: fresh } = await page(location.href);
    if (under || forms !== before) { again = true; return; }
    if (response.redirected) return location.reload();
    if (response.status >= 500 || response.status === 429) return later();
    if (!response.ok) return; // it is gone, or not for these eyes any more: asking again changes nothing
    const end = atEnd().is;
    replaceParts(fresh);
    if (end) toEnd();
    readAll();
  } catch {
    later();
  } finally {
    asking = false;
    caughtUp();
  }
}

/* The daemon or the line is away. */
const later = () => { waiting ||= window.setTimeout(refresh, 5000); };
const caughtUp = () => { if (again && !asking && !under) { again = false; soon(); } };
const soon = () => { if (!waiting) waiting = window.setTimeout(refresh, Number(one("main")?.dataset.every ?? 400)); };

/** @param {string} [after] the event behind which the page was made: nothing falls in between */
function listen(after) {
  const wanted = one("main")?.dataset.live;
  source?.close();
  source = null;
  if (!wanted || document.hidden) return;
  const kinds = wanted.split(" ");
  source = new EventSource(`/api/v1/events?${kinds.map((each) => `types=${encodeURIComponent(each)}`).join("&")}${after ? `&after=${after}` : ""}`);
  let missed = false;
  source.onerror = () => { missed = true; };
  source.onopen = () => { if (missed) soon(); missed = false; };
  const heard = source;
  for (const kind of kinds) heard.addEventListener(kind, soon);
}

/* What is open in front of somebody is read. */
async function readAll() {
  for (const form of all("form[data-auto]")) {
    if (document.hidden) return;
    form.removeAttribute("data-auto");
    form.hidden = true;
    await send(/** @type {HTMLFormElement} */ (form)).catch(() => undefined);
    soon();
  }
}

/* Forms. */
/** @param {HTMLFormElement} form @param {HTMLElement | null} [button] */
function send(form, button) {
  const data = new FormData(form, button instanceof HTMLButtonElement && button.name ? button : null);
  const upload = form.enctype === "multipart/form-data";
  for (const each of all("input[type=datetime-local]", form)) {
    const field = /** @type {HTMLInputElement} */ (each);
    if (field.value) data.set(field.name, new Date(field.value).toISOString()); // the server may be in another zone
  }
  const body = upload ? data : new URLSearchParams(/** @type {any} */ (data));
  return page(form.action, { method: "POST", body });
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  if (form.method !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  if (under) return;
  const buttons = all("button", form);
  const pressed = /** @type {HTMLElement | null} */ (event.submitter);
  const sending = send(form, pressed);
  buttons.forEach((each) => each.toggleAttribute("disabled", true));
  under = sending.then(({ response, document: fresh }) => {
    const stays = response.ok && new URL(response.url).pathname === location.pathname && "stay" in form.dataset;
    if (!stays) return replaceMain(fresh, response.url);
    form.reset();
    count(form);
    replaceParts(fresh);
    toEnd();
  }).catch(() => {
    const notice = one("#notice");
    const problem = Object.assign(document.createElement("p"), { className: "problem", textContent: notice?.dataset.offline ?? "" });
    notice?.replaceChildren(problem);
    notice?.scrollIntoView({ block: "nearest" });
  }).finally(() => {
    under = null;
    forms += 1;
    caughtUp();
    buttons.forEach((each) => each.toggleAttribute("disabled", false));
    one("textarea", form)?.focus();
  });
});

/* What a text costs, as the codec of the daemon has it. */
let counting = 0;
/** @param {ParentNode} within */
function count(within) {
  const text = /** @type {HTMLTextAreaElement | null} */ (one("textarea[data-count]", within));
  const output = one(".count", within);
  if (!text || !output) return;
  clearTimeout(counting);
  if (!text.value) { output.textContent = ""; return; }
  counting = window.setTimeout(async () => {
    const body = new URLSearchParams({ text: text.value });
    const { response, document: fresh } = await page(text.dataset.count ?? "", { method: "POST", body }).catch(() => ({ response: null, document: null }));
    if (response?.ok && fresh) output.replaceChildren(...document.adoptNode(fresh.body).childNodes);
  }, 200);
}

let told = 0;
document.addEventListener("input", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (!field.matches("textarea[data-count]")) return;
  count(field.closest("form") ?? document);
  const answering = field.closest("form")?.dataset.answering;
  if (answering && Date.now() - told > 8000) {
    told = Date.now();
    fetch(answering, { method: "POST", body: new URLSearchParams() }).catch(() => undefined);
  }
});

/* A canned reply is put into the text. */
document.addEventListener("change", (event) => {
  const choice = /** @type {HTMLElement} */ (event.target);
  if (choice instanceof HTMLSelectElement && "insert" in choice.dataset && choice.value) {
    const text = /** @type {HTMLTextAreaElement | null} */ (one("textarea", choice.form ?? document));
    if (text) { text.value = text.value ? `${text.value} ${choice.value}` : choice.value; text.focus(); count(choice.form ?? document); }
    choice.value = "";
  } else if (choice instanceof HTMLSelectElement && "go" in choice.dataset) choice.form?.requestSubmit();
});

/* Keys. */
/** @param {number} step */
function move(step) {
  const items = all("[data-item]");
  const here = items.findIndex((each) => each === document.activeElement || each.hasAttribute("aria-current"));
  items[Math.min(Math.max(here + step, 0), items.length - 1)]?.focus();
}

/** @type {Record<string, () => void>} */
const keys = {
  j: () => move(1),
  k: () => move(-1),
  r: () => one("textarea")?.focus(),
  e: () => /** @type {HTMLFormElement | null} */ (one("form[data-key=e]"))?.requestSubmit(),
  n: () => location.assign("/compose"),
  "/": () => { const field = one("input[type=search]"); if (field) field.focus(); else location.assign("/search"); },
  "?": () => /** @type {HTMLDialogElement | null} */ (one("dialog#keys"))?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.closest("form")?.requestSubmit();
  if (event.key === "Escape" && field.matches("textarea,input")) field.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || field.matches("input,textarea,select")) return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
});

function arrive() {
  for (const each of all("main script[src]")) import(/** @type {HTMLScriptElement} */ (each).src); // one that came by fetch runs by no other way
  localise(document);
  listen(one("main")?.dataset.after);
  toEnd();
  readAll();
  count(document);
  for (const each of all(".tabs [aria-current]")) each.scrollIntoView({ block: "nearest", inline: "center" });
}

window.addEventListener("popstate", () => location.reload());
document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) soon(); });
arrive();
