// Files in a modelled form: our own file picker and preview in place of form-js's, which knows no upload.
// A file is sent as soon as it is chosen; what stands in the data is the list of references that the server gave.
import { Description, Errors, FormContext, Label, useExpressionEvaluation, useSingleLineTemplateEvaluation } from "@bpmn-io/form-js-viewer";
import { h } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

const PICKER = "filepicker";
const PREVIEW = "documentPreview";

function sizeOf(bytes) {
  return bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

function csrf() {
  return document.querySelector("[name=csrf_token]")?.value ?? "";
}

function upload(file, { url, place, words, onProgress }) {
  // Not fetch: only this tells how much of a body has gone out.
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.round((event.loaded / event.total) * 100));
    });
    request.addEventListener("load", () => {
      let body = {};
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // Not our answer: said below.
      }
      if (request.status === 201) resolve(body);
      else reject(new Error(body.text ?? words("The file could not be sent; choose it again.")));
    });
    request.addEventListener("error", () => reject(new Error(words("The connection broke; choose the file again."))));
    request.addEventListener("abort", () => reject(null));
  });
  const body = new FormData();
  body.append("place", place);
  body.append("file", file, file.name);
  request.open("POST", url);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", csrf());
  request.send(body);
  return { done, abort: () => request.abort() };
}

function fits(file, accept) {
  const parts = accept.split(",").map((part) => part.trim().toLowerCase()).filter(Boolean);
  const name = file.name.toLowerCase();
  return !parts.length || parts.some((part) => part.startsWith(".") ? name.endsWith(part)
    : part.endsWith("/*") ? file.type.startsWith(part.slice(0, -1)) : file.type === part);
}

// What one form takes and shows; made anew for each, given to its fields as a service.
export function filesModule(settings, translate) {
  const shown = new Map(Object.entries(settings?.shown ?? {}));
  const running = new Map(); // sending under way -> its field
  const failed = new Map(); // refused, and not yet removed from the list -> its field
  const service = {
    settings,
    shown,
    words: translate,
    begin(row, field) {
      running.set(row, field);
    },
    end(row) {
      running.delete(row);
      failed.delete(row);
    },
    fail(row) {
      failed.set(row, running.get(row));
      running.delete(row);
    },
    // What stands in the way of sending the form, as the server tells problems: a field once.
    unsettled() {
      const found = new Map();
      const tell = (fields, text) => fields.forEach(({ path, label }) => found.set(path, { path, label, messages: [translate(text)] }));
      tell(failed, "A file was not taken: remove it from the list, or choose another.");
      tell(running, "A file is still on its way; wait until it has arrived.");
      return [...found.values()];
    },
  };
  const module = {
    __init__: ["rongcuoFileFields"],
    rongcuoFiles: ["value", service],
    rongcuoFileFields: ["type", FileFields],
  };
  return { module, unsettled: service.unsettled };
}

function FileFields(formFields) {
  formFields.register(PICKER, FilePicker);
  formFields.register(PREVIEW, DocumentPreview);
}
FileFields.$inject = ["formFields"];

let counter = 0;

function FilePicker(props) {
  const { field, fieldInstance, value, onChange, domId, errors = [], disabled, readonly } = props;
  const { getService } = useContext(FormContext);
  const files = getService("rongcuoFiles");
  const accept = useSingleLineTemplateEvaluation(field.accept ?? "", { debug: true }) ?? "";
  const multiple = useExpressionEvaluation(field.multiple ?? false) === true;
  const [sendings, setSendings] = useState([]); // {key, name, percent, error, abort}
  const input = useRef(null);
  const list = useRef([]);
  const own = useRef(new Set()); // sendings of this field
  const latest = useRef(onChange);
  latest.current = onChange;
  const place = (fieldInstance?.valuePath ?? [field.key]).join(".");
  list.current = Array.isArray(value) ? value : [];
  const closed = disabled || readonly || !files.settings?.upload;
  const change = (references) => {
    list.current = references;
    latest.current({ value: references.length ? references : null });
  };
  const update = (key, values) => setSendings((known) => known.map((row) => (row.key === key ? { ...row, ...values } : row)));
  const drop = (key) => {
    files.end(key);
    setSendings((known) => known.filter((row) => row.key !== key));
  };
  const refuse = (key, error) => {
    files.fail(key);
    update(key, { error, percent: null });
  };

  async function send(file) {
    const key = `sending-${++counter}`;
    const row = { key, name: file.name, percent: 0, error: "", abort: () => {} };
    setSendings((known) => [...known, row]);
    own.current.add(key);
    files.begin(key, { path: place, label: field.label || place });
    if (file.size > files.settings.limit) {
      refuse(key, files.words("Larger than {limit}, the most for one file ({size}).", { limit: files.settings.limitWords, size: sizeOf(file.size) }));
      return;
    }
    if (!fits(file, accept)) {
      refuse(key, files.words("Does not fit here; expected: {accept}.", { accept }));
      return;
    }
    const sending = upload(file, { url: files.settings.upload, place, words: files.words, onProgress: (percent) => update(key, { percent }) });
    update(key, { abort: sending.abort });
    try {
      const { reference, shown } = await sending.done;
      files.shown.set(reference.documentId, shown);
      drop(key);
      change(multiple ? [...list.current, reference] : [reference]);
    } catch (error) {
      if (error === null) drop(key);
      else refuse(key, error.message);
    }
  }

  function chosen(event) {
    const found = [...event.target.files];
    event.target.value = ""; // so that the same file can be chosen again
    for (const file of multiple ? found : found.slice(0, 1)) send(file);
  }

  function remove(reference) {
    change(list.current.filter((one) => one.documentId !== reference.documentId));
    input.current?.focus();
    // Refused for a file that the record holds already: that one goes by submitting the form.
    fetch(files.settings.remove.replace("/-/", `/${encodeURIComponent(reference.documentId)}/`), {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
    }).catch(() => {});
  }

  useEffect(() => () => own.current.forEach((key) => files.end(key)), []);

  const label = field.label;
  return h("div", { class: `fjs-form-field fjs-form-field-filepicker${errors.length ? " fjs-has-errors" : ""}` },
    h(Label, { htmlFor: domId, label, required: field.validate?.required }),
    closed && !list.current.length ? h("p", { class: "text-body-secondary" }, "–") : null,
    h("ul", { class: "files" },
      list.current.map((reference) => {
        const found = files.shown.get(reference.documentId);
        const name = found?.name ?? reference.metadata?.fileName ?? reference.documentId;
        return h("li", { key: reference.documentId },
          found ? h("a", { href: found.url }, name) : name,
          found ? h("span", { class: "text-body-secondary small" }, ` ${found.size} `) : null,
          closed ? null : h("button", { type: "button", class: "btn btn-quiet btn-sm", "aria-label": files.words("Remove {name}", { name }), onClick: () => remove(reference) }, files.words("Remove")));
      }),
      sendings.map((row) => h("li", { key: row.key, class: row.error ? "text-danger" : "" },
        row.name, " ",
        row.error
          ? h("span", { role: "alert" }, row.error, " ")
          : h("progress", { max: 100, value: row.percent ?? undefined, "aria-label": files.words("Sending {name}", { name: row.name }) }),
        h("button", {
          type: "button", class: "btn btn-quiet btn-sm",
          "aria-label": files.words(row.error ? "Remove {name}" : "Cancel {name}", { name: row.name }),
          onClick: () => {
            if (row.error) drop(row.key);
            else row.abort();
            input.current?.focus();
          },
        }, files.words(row.error ? "Remove" : "Cancel")))),
    ),
    closed ? null : h("input", {
      type: "file", ref: input, id: domId, class: "form-control", multiple: multiple || undefined, accept: accept || undefined,
      "aria-describedby": `${domId}-limit ${domId}-error-message`, "aria-invalid": errors.length > 0, onChange: chosen,
    }),
    closed ? null : h("div", { class: "fjs-form-field-description", id: `${domId}-limit` },
      files.words("At most {limit} each.", { limit: files.settings.limitWords })),
    h(Description, { id: `${domId}-description`, description: field.description }),
    h(Errors, { id: `${domId}-error-message`, errors }));
}
FilePicker.config = { type: PICKER, keyed: true, label: "File picker", group: "basic-input", emptyValue: null, create: (options = {}) => ({ ...options }) };

// A PDF is framed without `sandbox`, in which Chromium refuses to draw any: what keeps it harmless is that the server
// told its kind by content, and sends it with nosniff and a policy under which nothing in it runs or loads.
function DocumentPreview({ field, domId }) {
  const { getService } = useContext(FormContext);
  const files = getService("rongcuoFiles");
  const found = useExpressionEvaluation(field.dataSource ?? "");
  const listed = (Array.isArray(found) ? found : []).map((one) => files.shown.get(one?.documentId)).filter(Boolean);
  return h("div", { class: "fjs-form-field fjs-form-field-documentPreview" },
    h(Label, { htmlFor: domId, label: field.label }),
    h("div", { id: domId },
      listed.length ? null : h("p", { class: "text-body-secondary" }, "–"),
      listed.map((file) => h("figure", { key: file.url, class: "file-preview" },
        file.preview && file.type.startsWith("image/") ? h("img", { src: file.preview, alt: file.name, loading: "lazy" }) : null,
        file.preview && file.type === "application/pdf"
          ? h("iframe", { src: file.preview, title: file.name, loading: "lazy" })
          : null,
        h("figcaption", null, h("a", { href: file.url }, file.name), h("span", { class: "text-body-secondary small" }, ` ${file.size}`))))));
}
DocumentPreview.config = { type: PREVIEW, keyed: false, group: "presentation", name: "Document preview", create: (options = {}) => ({ ...options }) };
