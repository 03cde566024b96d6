// Island of the decision requirements graph; tables are HTML of our own. data-src answers {"xml": ...}.
import Viewer from "dmn-js/lib/NavigatedViewer.js";

async function mount(element, { texts }) {
  const [words, answer] = await Promise.all([texts(), fetch(element.dataset.src, { credentials: "same-origin" })]);
  if (!answer.ok) throw new Error(`${element.dataset.src}: ${answer.status}`);
  const { xml } = await answer.json();
  const canvasElement = document.createElement("div");
  canvasElement.className = "diagram-canvas";
  element.prepend(canvasElement);
  const translate = (text, replacements = {}) =>
    (words[text] ?? text).replace(/\{([^}]+)\}/g, (whole, name) => replacements[name] ?? whole);
  const modules = { additionalModules: [{ translate: ["value", translate] }] };
  const viewer = new Viewer({ container: canvasElement, drd: modules, decisionTable: modules, literalExpression: modules });
  await viewer.importXML(xml, { open: false });
  const graph = viewer.getViews().find((view) => view.type === "drd");
  if (!graph) {
    canvasElement.remove();
    return;
  }
  await viewer.open(graph);
  viewer.getActiveViewer().get("canvas").zoom("fit-viewport", "auto");
  element.classList.add("is-drawn");
}

globalThis.rongcuo.define("dmn", mount);
