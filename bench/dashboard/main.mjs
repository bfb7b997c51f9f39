/** Measures the built dashboard: `npm run dashboard -w senselm-bench`. */

import { cannotRun, servePage } from "../../tests/browser/support.mjs";
import { busyBeside } from "../machine.mjs";
import { summarize } from "../statistics.mjs";
import { measureFirstAnswer } from "./first-answer.mjs";
import { CATEGORIES, runLighthouse } from "./lighthouse.mjs";

/** Visits of each kind. */
const VISITS = 7;
const LIGHTHOUSE_RUNS = 3;

const unable = cannotRun();
if (unable) {
  process.stderr.write(`${unable}\n`);
  process.exit(1);
}
const busy = await busyBeside();
console.log(`others keep ${busy.toFixed(1)} cores busy`);
const server = await servePage();
try {
  const visits = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    visits.push(await measureFirstAnswer(server.origin));
  }
  for (const [kind, goal] of [
    ["cold", 1500],
    ["cached", 500],
  ]) {
    print(
      `first answer, ${kind}, ms`,
      visits.map((visit) => visit[kind]),
      `at most ${goal}`,
    );
  }
  for (const formFactor of ["mobile", "desktop"]) {
    const runs = [];
    for (let run = 0; run < LIGHTHOUSE_RUNS; run += 1) {
      runs.push(await runLighthouse(server.origin, formFactor));
    }
    for (const category of CATEGORIES) {
      const scores = runs.map(({ scores }) => scores[category]);
      print(`Lighthouse, ${formFactor}, ${category}`, scores, "at least 95");
    }
    const weak = new Set(runs.flatMap((run) => run.weak));
    weak.forEach((audit) => console.log(`  ${audit}`));
  }
} finally {
  await server.close();
}

function print(name, values, goal) {
  const { min, median, max } = summarize(values);
  const figures = [median, min, max].map((value) => Math.round(value));
  console.log(`${name.padEnd(40)} ${figures[0]} (${figures[1]} to ${figures[2]}), ${goal}`);
}
