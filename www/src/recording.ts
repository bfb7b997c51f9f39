/** A CSV file that the user brings: every window of it is answered. */

import { type Answer, type Info, type Labelled, type SenseLM, SenseLMError } from "@senselm/web";
import { byId, find, make } from "./dom.js";
import { count, milliseconds, percent, words } from "./format.js";

/** Rows that are shown; all windows are answered and counted. */
const SHOWN = 200;

export function acceptRecordings(model: SenseLM): void {
  const input = find("file", HTMLInputElement);
  const drop = byId("drop");
  input.disabled = false;
  byId("drop-sub").textContent = `Columns: ${columns(model.info)}`;
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) {
      void answerFile(model, file);
    }
    input.value = "";
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => {
    drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file) {
      void answerFile(model, file);
    }
  });
}

function columns(info: Info): string {
  return info.channels.map(({ name, unit }) => (unit ? `${name} (${unit})` : name)).join(", ");
}

/** Only the latest file goes on. */
let current: AbortController | undefined;

async function answerFile(model: SenseLM, file: File): Promise<void> {
  current?.abort();
  const { signal } = (current = new AbortController());
  const output = byId("recording");
  output.replaceChildren(make("p", "sub", `Reading ${file.name}…`));
  try {
    const recording = await model.readCsv(await file.arrayBuffer(), { signal });
    const summary = make("p", "summary");
    const body = make("tbody");
    const head = make("tr");
    for (const title of ["Line", "Answer", "Sure", "In the file", "Time"]) {
      const cell = make("th", "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const table = make("table", "", make("thead", "", head), body);
    const scroll = make("div", "scroll", table);
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `Answers for ${file.name}`);
    const notes = recording.warnings.map((text) => make("p", "sub", `Note: ${text}.`));
    const skipped = recording.bad
      .slice(0, 5)
      .map(({ line, column, reason }) =>
        make("p", "sub", `Skipped: line ${line}, column ${column}: ${reason}`),
      );
    output.replaceChildren(summary, ...notes, ...skipped, scroll);

    let known = 0;
    let right = 0;
    for (const [index, record] of recording.records.entries()) {
      const answer = await model.answer(record.window, { signal });
      const truth = truthOf(record, model.info);
      known += truth === null ? 0 : 1;
      right += truth !== null && truth === said(answer) ? 1 : 0;
      if (index < SHOWN) {
        body.append(row(record, answer, truth));
      }
      const score = known > 0 ? `, ${right} of ${known} as the file has it` : "";
      const total = recording.records.length;
      summary.textContent = `${file.name}: ${count(index + 1)} of ${count(total)} windows answered${score}.`;
    }
    if (recording.records.length === 0) {
      summary.textContent = `${file.name} holds no complete window of this model.`;
    }
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    const message = error instanceof SenseLMError ? error.message : "it cannot be read";
    output.replaceChildren(make("p", "problem", `${file.name}: ${message}`));
  }
}

function row(record: Labelled, answer: Answer, truth: string | null): HTMLElement {
  const wrong = truth !== null && truth !== said(answer);
  return make(
    "tr",
    wrong ? "wrong" : "",
    make("td", "", String(record.place.line)),
    make("td", "", answer.kind === "classification" ? words(answer.label) : answer.text),
    make("td", "", answer.kind === "text" ? "–" : percent(answer.probability)),
    make("td", "", truth === null ? "–" : words(truth)),
    make("td", "", milliseconds(answer.timings.total_ms)),
  );
}

function said(answer: Answer): string {
  return answer.kind === "classification" ? answer.label : answer.text;
}

function truthOf(record: Labelled, info: Info): string | null {
  const { truth } = record;
  if (truth === null) {
    return null;
  }
  if ("label" in truth) {
    return info.task?.labels?.[truth.label] ?? null;
  }
  return "text" in truth ? truth.text : String(truth.number);
}
