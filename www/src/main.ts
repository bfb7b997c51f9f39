/** Puts the page together: model, pump, charts, answers. */

import "uplot/dist/uPlot.min.css";
import { SenseLM } from "@senselm/web";
import { showCard } from "./card.js";
import { Charts } from "./charts.js";
import { byId, find, make } from "./dom.js";
import { bytes, words } from "./format.js";
import { History } from "./history.js";
import { Monitor } from "./monitor.js";
import { hueVariable, onSchemeChange } from "./palette.js";
import { acceptRecordings } from "./recording.js";
import { Timeline } from "./timeline.js";
import { Verdict } from "./verdict.js";

const MODEL = "models/pump.gguf";
const SEED = 20;
/** How many windows fit into the charts, and how many into the timeline. */
const CHART_WINDOWS = 6;
const TIMELINE_WINDOWS = 32;

async function run(): Promise<void> {
  const model = await SenseLM.load(MODEL, { onProgress: showProgress });
  byId("loading").hidden = true;
  showFacts(model);
  showCard(model.info);
  acceptRecordings(model);
  await watchPump(model);
}

async function watchPump(model: SenseLM): Promise<void> {
  const labels = model.info.task?.labels ?? [];
  const labelIndex = (label: string) => Math.max(labels.indexOf(label), 0);
  let condition = labels[0] ?? "normal";
  const pump = await model.pump({ seed: SEED, condition });
  const rate = pump.sample_rate_hz;
  const span = model.info.max_samples * CHART_WINDOWS;

  const history = new History(model.info.channels.length, span, TIMELINE_WINDOWS);
  const charts = new Charts(byId("charts"), model.info.channels, history, rate, span, labelIndex);
  const verdict = new Verdict(labels);
  const timeline = new Timeline(labelIndex, TIMELINE_WINDOWS);
  onSchemeChange(() => {
    charts.restyle();
    charts.draw();
  });

  const monitor = new Monitor(
    model,
    rate,
    (step) => {
      history.add(step, condition);
      charts.draw();
      const latest = step.answers.at(-1);
      if (latest) {
        verdict.show(latest.answer);
        timeline.show(history.answered);
      }
    },
    showFailure,
  );

  const every = rate === 1 ? "one reading a second" : `${rate} readings a second`;
  byId("live-sub").textContent =
    `${model.info.channels.length} sensors, ${every}. No real pump is connected.`;
  byId("legend-note").textContent =
    "Shaded in the colour of the model's answer. The bar on top spans the latest window, " +
    `${model.info.max_samples} readings.`;
  offerConditions(pump.conditions, labels, condition, (chosen) => {
    condition = chosen;
    model.pumpCondition(chosen).catch(showFailure);
  });
  const speed = find("speed", HTMLSelectElement);
  const setSpeed = () => {
    monitor.speed = Number(speed.value);
  };
  speed.addEventListener("change", setSpeed);
  speed.disabled = false;
  const toggle = find("toggle", HTMLButtonElement);
  const setRunning = (running: boolean) => {
    if (running) {
      monitor.start();
    } else {
      monitor.pause();
    }
    toggle.textContent = running ? "Pause" : "Start";
  };
  toggle.addEventListener("click", () => {
    setRunning(!monitor.running);
  });
  toggle.disabled = false;
  setSpeed();
  await monitor.skip(Math.floor(span / 2));
  setRunning(true);
}

function offerConditions(
  conditions: readonly string[],
  labels: readonly string[],
  chosen: string,
  onChoose: (condition: string) => void,
): void {
  const fieldset = find("conditions", HTMLFieldSetElement);
  for (const condition of conditions) {
    const radio = make("input");
    radio.type = "radio";
    radio.name = "condition";
    radio.value = condition;
    radio.checked = condition === chosen;
    radio.addEventListener("change", () => {
      onChoose(condition);
    });
    const swatch = make("span", "swatch");
    const index = Math.max(labels.indexOf(condition), 0);
    swatch.style.setProperty("--hue", `var(${hueVariable(index)})`);
    fieldset.append(make("label", "chip", radio, swatch, words(condition)));
  }
  fieldset.disabled = false;
}

function showFacts({ info, variant, backend }: SenseLM): void {
  const build = variant === "simd128" ? "SIMD build" : "relaxed SIMD build";
  const kernels = `Kernels: ${info.kernels} (${build})`;
  byId("facts").replaceChildren(
    make("li", "", "Runs in this tab"),
    make("li", "", backend === "gpu" ? "Computed on the GPU" : kernels),
    make("li", "", "No server, no upload"),
  );
}

function showProgress(loaded: number, total: number | null): void {
  const bar = find("loading-progress", HTMLProgressElement);
  if (total) {
    bar.value = loaded / total;
  }
  byId("loading-text").textContent = total
    ? `Loading the model: ${bytes(loaded)} of ${bytes(total)}`
    : `Loading the model: ${bytes(loaded)}`;
}

function showFailure(error: unknown): void {
  byId("loading").hidden = true;
  const box = byId("failure");
  box.hidden = false;
  box.textContent = error instanceof Error ? error.message : String(error);
}

run().catch(showFailure);
