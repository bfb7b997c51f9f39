import { SenseLM } from "../dist/index.js";
import { openai } from "../dist/openai.js";

const model = await SenseLM.load("../../models/pump.gguf");
const csv = await fetch("../../examples/pump.csv");
const { records } = await model.readCsv(await csv.arrayBuffer());
const content = [{ type: "sensor_window", window: records[0].window }];

const client = openai(model);
const request = { model: client.model, messages: [{ role: "user", content }] };
const stream = await client.chat.completions.create({
  ...request,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const { choices, usage } of stream) {
  document.querySelector("output").append(choices[0]?.delta.content ?? "");
  if (usage) {
    document.querySelector("#usage").textContent = `${usage.total_tokens} tokens`;
  }
}

try {
  await client.chat.completions.create({ ...request, n: 3 });
} catch (error) {
  document.querySelector("#refusal").textContent = `${error.status} ${error.param}`;
}
