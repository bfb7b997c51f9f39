import { SenseLM } from "../dist/index.js";
import simulate, { conditions, Pump, sampleRateHz } from "../wasm/simulate/simulate.js";

const model = await SenseLM.load("../../models/pump.gguf");
const stream = await model.openStream();

// The pump is for want of sensors, and no part of the package.
const module = new URL("../wasm/simulate/simulate_bg.wasm", import.meta.url);
await simulate({ module_or_path: module });
const names = model.info.channels.map(({ name }) => name);
const pump = new Pump(1, "normal", names);
let taken = 0;

const choice = document.querySelector("select");
choice.append(...conditions().map((condition) => new Option(condition)));
choice.addEventListener("change", () => pump.setCondition(choice.value));

/** Readings as a stream takes them: what all sensors said at a moment. */
function take(count) {
  const values = [...pump.readings(count)];
  return Array.from({ length: count }, () => ({
    values: values.splice(0, names.length),
    time_s: taken++ / sampleRateHz(),
  }));
}

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
  await read(take(10));
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
