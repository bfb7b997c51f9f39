import { SenseLM } from "../dist/index.js";

const style = new CSSStyleSheet();
style.replaceSync(`
  :host { display: block; max-width: 20rem; padding: 1rem; border: thin solid; }
  h2 { margin: 0; font-size: 1rem; }
  meter { inline-size: 100%; }
`);

/** Shows what a model says about the window that it was given last. */
class PumpState extends HTMLElement {
  #label = document.createElement("p");
  #sure = document.createElement("meter");
  #asked = new AbortController();

  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const title = document.createElement("h2");
    title.textContent = this.getAttribute("name");
    this.#label.setAttribute("role", "status");
    this.#sure.setAttribute("aria-label", "How sure the model is");
    root.append(title, this.#label, this.#sure);
  }

  /** Only the latest window counts: an answer to an older one is given up. */
  async show(model, window) {
    this.#asked.abort();
    const { signal } = (this.#asked = new AbortController());
    try {
      const { label, probability, anomaly } = await model.classify(window, { signal });
      this.#label.textContent = `${label}, ${anomaly.toFixed(2)} nats a token`;
      this.#sure.value = probability;
    } catch (error) {
      if (error.name !== "AbortError") {
        this.#label.textContent = error.message;
      }
    }
  }
}

customElements.define("pump-state", PumpState);

const model = await SenseLM.load("../../models/pump.gguf");
const csv = await fetch("../../examples/pump.csv");
const { records } = await model.readCsv(await csv.arrayBuffer());
const widgets = [...document.querySelectorAll("pump-state")];
let next = 0;

function advance() {
  for (const widget of widgets) {
    widget.show(model, records[next % records.length].window);
    next += 1;
  }
}

document.querySelector("button").addEventListener("click", advance);
advance();
