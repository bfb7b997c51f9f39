import { SenseLM } from "../dist/index.js";

const model = await SenseLM.load("../../models/pump.gguf");
const { conditions } = await model.pump({ seed: 1, condition: "normal" });
const stream = await model.openStream();

const choice = document.querySelector("select");
choice.append(...conditions.map((condition) => new Option(condition)));
choice.addEventListener("change", () => model.pumpCondition(choice.value));

/** Readings in, answers out: the model's file says how long a window is. */
async function read(readings) {
  const { answered } = await stream.push(readings);
  for (const { start, end, answer } of answered) {
    document.querySelector("output").textContent = answer.label;
    const line = document.createElement("li");
    line.textContent = `readings ${start} to ${end - 1}: ${answer.label}`;
    document.querySelector("ol").prepend(line);
  }
}

for (;;) {
  await read(await model.pumpReadings(10));
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
