// Diagram island: bpmn-js draws, the server says what happened to each element.
// data-src answers {"xml": ..., "states": {elementId: {"state": "done|current|failed", "times": n}}} and, where one
// element matters most, "focus": its id.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer.js";

async function mount(element, { texts }) {
  const [words, answer] = await Promise.all([texts(), fetch(element.dataset.src, { credentials: "same-origin" })]);
  if (!answer.ok) throw new Error(`${element.dataset.src}: ${answer.status}`);
  const { xml, states, focus: wanted } = await answer.json();
  const canvasElement = document.createElement("div");
  canvasElement.className = "diagram-canvas";
  element.prepend(canvasElement);
  const translate = (text, replacements = {}) =>
    (words[text] ?? text).replace(/\{([^}]+)\}/g, (whole, name) => replacements[name] ?? whole);
  const viewer = new NavigatedViewer({
    container: canvasElement,
    additionalModules: [{ translate: ["value", translate] }],
  });
  try {
    await viewer.importXML(xml);
  } catch (error) {
    canvasElement.remove();
    throw error;
  }
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  let focus = wanted && registry.get(wanted);
  for (const [id, { state, times }] of Object.entries(states)) {
    const shape = registry.get(id);
    if (!shape) continue;
    canvas.addMarker(id, `state-${state}`);
    if (state === "current" || state === "failed") focus ??= shape;
    if (times > 1 && shape.width) {
      const badge = document.createElement("span");
      badge.className = "diagram-times";
      badge.textContent = `×${times}`;
      overlays.add(id, { position: { top: -10, right: 12 }, html: badge });
    }
  }
  canvas.zoom("fit-viewport", "auto");
  // A whole process is too small to read in a narrow column: show the place where it stands, then let people move.
  const legible = 0.7;
  if (canvas.zoom() < legible) {
    focus ??= registry.filter((shape) => shape.type === "bpmn:StartEvent").sort((a, b) => a.x - b.x)[0];
    if (focus) {
      const { width, height } = canvas.viewbox().outer;
      canvas.viewbox({
        x: focus.x + (focus.width ?? 0) / 2 - width / legible / 2,
        y: focus.y + (focus.height ?? 0) / 2 - height / legible / 2,
        width: width / legible,
        height: height / legible,
      });
    }
  }
  element.classList.add("is-drawn");

  const tools = document.createElement("div");
  tools.className = "diagram-tools btn-group btn-group-sm";
  for (const [label, symbol, act] of [
    ["Zoom in", "+", () => canvas.zoom(canvas.zoom() * 1.25)],
    ["Zoom out", "−", () => canvas.zoom(canvas.zoom() / 1.25)],
    ["Whole diagram", "⤢", () => canvas.zoom("fit-viewport", "auto")],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-light border";
    button.textContent = symbol;
    button.setAttribute("aria-label", translate(label));
    button.title = translate(label);
    button.addEventListener("click", act);
    tools.append(button);
  }
  canvasElement.append(tools);
}

globalThis.rongcuo.define("bpmn", mount);
