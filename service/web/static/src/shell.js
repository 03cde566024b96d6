// What every page needs: fragments by htmx, lazily loaded islands, and small guards around forms.
// Everything works without this file; it only makes pages quicker and kinder.
import htmx from "htmx.org/dist/htmx.esm.js";

const definitions = new Map();
const loading = new Set();

// Words for what scripts say, fetched once from the server's catalogue: English text to text of the page's language.
let words;
function texts() {
  words ??= fetch(document.body.dataset.texts, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .catch(() => ({}));
  return words;
}

function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

// An island is <div data-island="name" data-script data-integrity data-style ...> with a text equivalent inside.
function mount(element) {
  const definition = definitions.get(element.dataset.island);
  if (!definition || element.dataset.mounted) return;
  element.dataset.mounted = "yes";
  Promise.resolve(definition(element, { texts, announce })).catch((error) => {
    element.dataset.mounted = "failed"; // The text equivalent stays.
    console.error(error);
  });
}

function load(element) {
  const { script, integrity, style, styleIntegrity } = element.dataset;
  if (style && !loading.has(style)) {
    loading.add(style);
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: style, integrity: styleIntegrity });
    document.head.append(link);
  }
  if (!loading.has(script)) {
    loading.add(script);
    const tag = document.createElement("script");
    Object.assign(tag, { type: "module", src: script, integrity });
    document.head.append(tag);
  }
  mount(element);
}

const visible = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    visible.unobserve(entry.target);
    load(entry.target);
  }
}, { rootMargin: "200px" });

function scan(root) {
  for (const element of root.querySelectorAll("[data-island]")) {
    if (!element.dataset.mounted) visible.observe(element);
  }
}

globalThis.rongcuo = {
  define(name, definition) {
    definitions.set(name, definition);
    for (const element of document.querySelectorAll(`[data-island="${name}"]`)) mount(element);
  },
};

scan(document);
document.addEventListener("htmx:after:swap", () => scan(document));

// Enter that ends an input method's composition never sends a form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
}, true);

// A second press does nothing while the first is under way; the server's key is what guarantees one effect.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// Selects that filter a list send it at once; with scripts off there is a button.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-send]");
  if (form && event.target.matches("select, input[type=radio], input[type=checkbox]")) form.requestSubmit();
});

// Keys: "/" goes to the search field of the page, "g" and a letter to a page of the navigation.
let leader = 0;
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .fjs-container")) return;
  if (event.key === "/") {
    const field = document.querySelector("[data-search]");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  } else if (event.key === "g") {
    leader = Date.now();
  } else if (Date.now() - leader < 1500) {
    leader = 0;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  }
});

// The navigation of narrow screens.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle-nav]");
  if (!toggle) return;
  const open = document.body.classList.toggle("nav-open");
  toggle.setAttribute("aria-expanded", String(open));
});

// Print buttons exist only where scripts do.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The summary of a refused form gets the focus.
document.querySelector("[data-focus]")?.focus();

export { htmx };
