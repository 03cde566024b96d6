// Form island: form-js renders the modelled form inside the page's own <form>; the server validates again and decides.
// data-src answers {"schema": ..., "data": ...}; the enclosing form says where to send (action), where drafts go
// (data-draft), and holds the fallback that works without scripts.
import { Form } from "@bpmn-io/form-js-viewer";

const DRAFT_AFTER = 2000; // milliseconds after the last change

function localize(root, words) {
  // Labels that form-js does not send through its translate service.
  for (const element of root.querySelectorAll("[placeholder], [aria-label], button, .fjs-select-placeholder")) {
    for (const name of ["placeholder", "aria-label", "title"]) {
      const text = element.getAttribute(name);
      if (text && words[text] && words[text] !== text) element.setAttribute(name, words[text]);
    }
    if (element.childElementCount === 0) {
      const text = element.textContent.trim();
      if (words[text] && words[text] !== text) element.textContent = words[text];
    }
  }
}

async function mount(element, { texts, announce }) {
  const page = element.closest("form");
  const [words, answer] = await Promise.all([texts(), fetch(element.dataset.src, { credentials: "same-origin" })]);
  if (!answer.ok) throw new Error(`${element.dataset.src}: ${answer.status}`);
  const { schema, data, readOnly } = await answer.json();
  const translate = (text, replacements = {}) =>
    (words[text] ?? text).replace(/\{([^}]+)\}/g, (whole, name) => replacements[name] ?? whole);

  const place = document.createElement("div");
  place.className = "modelled-form";
  const form = new Form({
    container: place,
    debounce: false, // What is typed is in the data at once: Enter right after the last letter loses nothing.
    properties: { readOnly: Boolean(readOnly) },
    additionalModules: [{ translate: ["value", translate] }],
  });
  await form.importSchema(schema, data ?? {});
  const fallback = element.querySelector("[data-fallback]");
  fallback?.remove();
  element.prepend(place);
  localize(place, words);
  new MutationObserver(() => localize(place, words)).observe(place, { childList: true, subtree: true });
  element.classList.add("is-mounted");
  if (!page || readOnly) return;

  const summary = page.querySelector("[data-errors]");
  const status = page.querySelector("[data-draft-status]");
  const buttons = page.querySelectorAll("button[type=submit]");
  let changed = false;
  let sending = false;
  let timer;

  function values() {
    return form._getSubmitData();
  }

  async function post(url, extra) {
    const body = new FormData(page);
    for (const name of [...body.keys()]) if (name.startsWith("f:")) body.delete(name);
    body.set("submission", JSON.stringify(values()));
    for (const [name, value] of Object.entries(extra ?? {})) body.set(name, value);
    return fetch(url, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
  }

  async function saveDraft() {
    clearTimeout(timer);
    if (!page.dataset.draft || sending || !changed) return;
    changed = false;
    try {
      const answer = await post(page.dataset.draft);
      if (!answer.ok) throw new Error(String(answer.status));
      const saved = await answer.json();
      if (status) status.textContent = saved.text;
    } catch {
      changed = true;
      if (status) status.textContent = translate("The draft could not be saved; what you typed stays on this page.");
    }
  }

  form.on("changed", () => {
    if (!element.classList.contains("is-mounted")) return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(saveDraft, DRAFT_AFTER);
  });
  changed = false;
  clearTimeout(timer);

  addEventListener("beforeunload", (event) => {
    if (changed && page.dataset.draft && !sending) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      changed = true;
      saveDraft();
    }
  });

  function pathOf(instance) {
    return instance.valuePath.join(".");
  }

  function show(problems, text) {
    // problems: [{path, label, messages}], as the server said it.
    const errors = {};
    const byPath = new Map(problems.map((problem) => [problem.path, problem]));
    const anchors = new Map();
    for (const instance of form.get("formFieldInstanceRegistry").getAllKeyed()) {
      const problem = byPath.get(pathOf(instance));
      if (!problem) continue;
      const indexes = Object.values(instance.indexes ?? {});
      let target = errors;
      const keys = [instance.id, ...indexes];
      keys.slice(0, -1).forEach((key) => { target = target[key] ??= {}; });
      target[keys.at(-1)] = problem.messages;
      anchors.set(problem.path, [form._id, instance.id, ...indexes].join("-"));
    }
    form._setState({ errors });
    if (!summary) return;
    summary.replaceChildren();
    const heading = document.createElement("h2");
    heading.className = "h6 mb-1";
    heading.textContent = text;
    const list = document.createElement("ul");
    list.className = "mb-0";
    for (const problem of problems) {
      const item = document.createElement("li");
      const words_ = `${problem.label}: ${problem.messages.join(" ")}`;
      const control = place.querySelector(`[id*="${CSS.escape(anchors.get(problem.path) ?? "-none-")}"]`);
      if (control) {
        const link = document.createElement("a");
        link.href = `#${control.id}`;
        link.textContent = words_;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          control.focus();
        });
        item.append(link);
      } else {
        item.textContent = words_;
      }
      list.append(item);
    }
    summary.append(heading, ...(problems.length ? [list] : []));
    summary.hidden = false;
    summary.focus();
    announce(text);
  }

  function release() {
    sending = false;
    delete page.dataset.sent;
    for (const button of buttons) {
      button.removeAttribute("aria-disabled");
      button.classList.remove("is-busy");
    }
  }

  page.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    document.activeElement?.blur?.();
    form._emit("presubmit");
    const local = form.validate();
    if (Object.keys(local).length) {
      const labels = new Map();
      const problems = [];
      for (const instance of form.get("formFieldInstanceRegistry").getAllKeyed()) {
        let found = local[instance.id];
        for (const index of Object.values(instance.indexes ?? {})) found = found?.[index];
        if (!Array.isArray(found) || !found.length) continue;
        const field = form.get("formFieldRegistry").get(instance.id);
        labels.set(instance.id, field.label);
        problems.push({ path: pathOf(instance), label: field.label || field.dateLabel || pathOf(instance), messages: found });
      }
      show(problems, translate("{count} entries need attention", { count: problems.length }));
      return;
    }
    sending = true;
    clearTimeout(timer);
    const submitter = event.submitter;
    submitter?.classList.add("is-busy");
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    try {
      const target = submitter?.getAttribute("formaction") ?? page.action;
      const answer = await post(target, submitter?.name ? { [submitter.name]: submitter.value } : {});
      const body = await answer.json();
      if (answer.ok) {
        changed = false;
        location.assign(body.location);
        return;
      }
      release();
      show(body.fields ?? [], body.text ?? body.detail);
    } catch {
      release();
      show([], translate("The server did not answer; what you typed stays on this page. Send it again."));
    }
  });
}

globalThis.rongcuo.define("form", mount);
