import { SenseLM } from "../dist/index.js";

const form = document.querySelector("form");
const output = document.querySelector("output");
const note = document.querySelector("#note");
const model = await SenseLM.load("../../models/pump.gguf");
let current = new AbortController();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  current.abort();
  const { signal } = (current = new AbortController());
  output.textContent = form.elements.prompt.value;
  note.textContent = "writing";
  const sampler = { temperature: 0.8, top_k: 40, seed: 1 };
  const text = model.generate(output.textContent, { max_tokens: 24, sampler, signal });
  try {
    for await (const piece of text) {
      output.append(piece);
    }
    const { tokens, timings } = await text.result;
    note.textContent = `${tokens.length} tokens in ${Math.round(timings.total_ms)} ms`;
  } catch (error) {
    // Whoever pressed the button knows.
    note.textContent = error.name === "AbortError" ? "stopped" : error.message;
  }
});

document.querySelector("#stop").addEventListener("click", () => current.abort());
note.textContent = "ready";
