import { SenseLM } from "../dist/index.js";

const model = await SenseLM.load("../../models/pump.gguf");
const csv = await fetch("../../examples/pump.csv");
const { records } = await model.readCsv(await csv.arrayBuffer());
for (const { window } of records) {
  const { label, probability } = await model.classify(window);
  const line = document.createElement("li");
  line.textContent = `${label}, ${Math.round(100 * probability)} %`;
  document.querySelector("ol").append(line);
}
