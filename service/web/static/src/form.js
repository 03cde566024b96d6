// Form island: form-js renders the modelled form inside the page's own <form>; the server validates again and decides.
// data-src answers {"schema": ..., "data": ...}; the enclosing form says where to send (action), where drafts go
// (data-draft), and holds the fallback that works without scripts.
import { Form } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Mandarin } from "flatpickr/dist/esm/l10n/zh.js";
import { filesModule } from "./files.js";

const DRAFT_AFTER = 2000; // milliseconds after the last change
const KEEPALIVE_LIMIT = 60_000; // bytes: a browser sends no more for a page that is being left
const REMOVE = /^Remove list item (\d+)$/;

function localize(root, words) {
  // Labels that form-js does not send through its translate service.
  for (const element of root.querySelectorAll("[placeholder], [aria-label], button, .fjs-select-placeholder")) {
    for (const name of ["placeholder", "aria-label", "title"]) {
      const text = element.getAttribute(name);
      const number = text?.match(REMOVE)?.[1];
      const said = number ? words["Remove list item {number}"]?.replace("{number}", number) : words[text];
      if (said && said !== text) element.setAttribute(name, said);
    }
    // The text node itself stays: form-js keeps it and writes the next value into it.
    const node = element.childNodes.length === 1 ? element.firstChild : null;
    if (node?.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim();
      if (words[text] && words[text] !== text) node.data = words[text];
    }
  }
}

async function mount(element, { texts, announce }) {
  const page = element.closest("form");
  const [words, answer] = await Promise.all([texts(), fetch(element.dataset.src, { credentials: "same-origin" })]);
  if (!answer.ok) throw new Error(`${element.dataset.src}: ${answer.status}`);
  const { schema, data, readOnly, files } = await answer.json();
  const translate = (text, replacements = {}) =>
    (words[text] ?? text).replace(/\{([^}]+)\}/g, (whole, name) => replacements[name] ?? whole);

  if (document.documentElement.lang.startsWith("zh")) flatpickr.localize(Mandarin);
  const place = document.createElement("div");
  place.className = "modelled-form";
  const attached = filesModule(files, translate);
  const form = new Form({
    container: place,
    debounce: false, // What is typed is in the data at once: Enter right after the last letter loses nothing.
    properties: { readOnly: Boolean(readOnly) },
    additionalModules: [{ translate: ["value", translate] }, attached.module],
  });
  await form.importSchema(schema, data ?? {});
  const fallback = element.querySelector("[data-fallback]");
  fallback?.remove();
  element.prepend(place);
  localize(place, words);
  new MutationObserver(() => localize(place, words)).observe(place, { childList: true, subtree: true, characterData: true });
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

  function send(url, extra, keepalive = false) {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(page)) {
      if (!name.startsWith("f:") && typeof value === "string") body.append(name, value);
    }
    body.set("submission", JSON.stringify(values()));
    for (const [name, value] of Object.entries(extra ?? {})) body.set(name, value);
    if (keepalive && String(body).length > KEEPALIVE_LIMIT) return Promise.reject(new Error("too long"));
    return fetch(url, {
      method: "POST",
      body,
      keepalive,
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
  }

  async function post(url, extra) {
    const answer = await send(url, extra);
    if (answer.status !== 400 && answer.status !== 401) return answer;
    // The person may have signed in again in another tab: this page's token is an old one then.
    const now = await fetch(document.body.dataset.session, { credentials: "same-origin" }).then((found) => found.json());
    const field = page.querySelector("[name=csrf_token]");
    if (now.name !== document.body.dataset.person) return new Response(await answer.text(), { status: 401 });
    if (now.token === field.value) return answer;
    field.value = now.token;
    return send(url, extra);
  }

  function offerSigningIn(where) {
    offer(where, translate("Sign in again"));
  }

  // Sent as a plain form, which the server answers with a page: through signing in, or with both versions of a draft.
  function offer(where, words) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-primary btn-sm ms-2";
    button.textContent = words;
    button.addEventListener("click", () => {
      changed = false;
      let field = page.querySelector("input[name=submission]");
      if (!field) {
        field = Object.assign(document.createElement("input"), { type: "hidden", name: "submission" });
        page.append(field);
      }
      field.value = JSON.stringify(values());
      if (page.dataset.draft) page.action = page.dataset.draft;
      HTMLFormElement.prototype.submit.call(page);
    });
    where?.append(button);
  }

  async function saveDraft() {
    clearTimeout(timer);
    if (!page.dataset.draft || sending || !changed) return;
    changed = false;
    try {
      const answer = await post(page.dataset.draft);
      if (answer.status === 401) {
        changed = true;
        if (status) status.textContent = translate("Your session has ended; what you typed stays on this page.");
        offerSigningIn(status);
        return;
      }
      if (answer.status === 409) {
        const refused = await answer.json();
        changed = true;
        if (status) status.textContent = refused.text;
        if (refused.conflict) offer(status, translate("Compare"));
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const saved = await answer.json();
      const version = page.querySelector("[name=draft_version]");
      if (version && saved.version) version.value = saved.version;
      if (status) status.textContent = saved.text;
    } catch {
      changed = true;
      if (status) status.textContent = translate("The draft could not be saved; what you typed stays on this page.");
    }
  }

  // Whoever leaves before the draft was due has it saved on the way out.
  addEventListener("pagehide", () => {
    if (page.dataset.draft && changed && !sending) send(page.dataset.draft, {}, true).catch(() => {});
  });

  // form-js also tells of its first checks, some time after it has drawn: what nobody changed is no draft.
  let known = JSON.stringify(values());
  form.on("changed", () => {
    if (!element.classList.contains("is-mounted")) return;
    const now = JSON.stringify(values());
    if (now === known) return;
    known = now;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(saveDraft, DRAFT_AFTER);
  });
  changed = false;
  clearTimeout(timer);

  addEventListener("beforeunload", (event) => {
    // What can be saved on the way out asks nothing; the rest asks first.
    const late = !page.dataset.draft || new Blob([JSON.stringify(values())]).size * 3 > KEEPALIVE_LIMIT;
    if (changed && late && !sending) event.preventDefault();
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
    const unsettled = attached.unsettled();
    if (Object.keys(local).length || unsettled.length) {
      const labels = new Map();
      const problems = [...unsettled];
      for (const instance of form.get("formFieldInstanceRegistry").getAllKeyed()) {
        let found = local[instance.id];
        for (const index of Object.values(instance.indexes ?? {})) found = found?.[index];
        if (!Array.isArray(found) || !found.length) continue;
        const field = form.get("formFieldRegistry").get(instance.id);
        labels.set(instance.id, field.label);
        problems.push({ path: pathOf(instance), label: field.label || field.dateLabel || pathOf(instance), messages: found });
      }
      show(problems, translate("{count} entries need attention", { count: problems.length }));
      saveDraft();
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
      if (answer.status === 401) offerSigningIn(summary);
      changed = true;
      timer = setTimeout(saveDraft, DRAFT_AFTER);
    } catch {
      release();
      show([], translate("The server did not answer; what you typed stays on this page. Send it again."));
    }
  });
}

globalThis.rongcuo.define("form", mount);
