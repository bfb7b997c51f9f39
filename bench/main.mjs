/** The benchmark's command line: see USAGE in arguments.mjs. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse, USAGE, UsageError } from "./arguments.mjs";
import { chromiumPath } from "../tests/browser/chromium.mjs";
import { chromiumVersion } from "./browser/chromium.mjs";
import { endVisits } from "./browser/visit.mjs";
import { contenders } from "./contenders/index.mjs";
import { commit } from "./contenders/senselm.mjs";
import { NotAvailable } from "./contenders/missing.mjs";
import { describe } from "./machine.mjs";
import { peersFolder, root, target } from "./places.mjs";
import { plan, rowId, select } from "./plan.mjs";
import { writeDocument } from "./report/document.mjs";
import { printRows } from "./report/terminal.mjs";
import { LIMITED, measureRoofline } from "./roofline.mjs";
import { measurePair, merge } from "./rounds.mjs";
import { Weights } from "./weights.mjs";

const say = (text) => process.stderr.write(`${text}\n`);

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const gesture = options.gesture ? resolve(options.gesture) : null;
  const before = options.before ? resolve(options.before) : null;
  const pairs = select(plan({ gesture, before }), options);
  if (options.list) {
    for (const pair of pairs) {
      pair.figures.forEach((figure) => console.log(rowId(pair, figure)));
    }
    return;
  }
  const results = options.from
    ? read(resolve(options.from))
    : await measure(pairs, { ...options, before });
  printRows(results);
  if (options.document) {
    for (const path of writeDocument(results, root, options)) {
      console.log(`wrote ${path}`);
    }
  }
}

/** Measures the pairs, and writes what is known after each. */
async function measure(pairs, options) {
  const { before } = options;
  const out = resolve(
    options.out ?? join(target, before ? "bench/before.json" : "bench/results.json"),
  );
  const peers = resolve(peersFolder(options.peers));
  const place = { peers, weights: new Weights(peers), before, commit: commit(), say };
  const results = existsSync(out) ? read(out) : { rows: [], roofline: {}, left_out: [] };
  const { version, rows, roofline } = results;
  const found = await find(place);
  const names = pairs.flatMap((pair) =>
    pair.figures.map((figure) => ({ id: rowId(pair, figure) })),
  );
  const machine = { ...describe(), chromium: chromiumVersion() };
  checkSameMachine(results.machine, machine, out);
  Object.assign(results, {
    version: version ?? 1,
    machine,
    contenders: found,
    rows,
    roofline,
    // What this run tries again is no longer left out by an earlier one.
    left_out: merge(results.left_out, names).filter((row) => row.reason),
  });
  const save = () => {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, `${JSON.stringify(results, null, 1)}\n`);
  };
  if (!options.only || options.only === "roofline") {
    for (const host of LIMITED.filter((host) => options.host.includes(host))) {
      say(`roofline of ${host}`);
      results.roofline[host] = await measureRoofline(host);
      save();
    }
  }
  for (const pair of pairs) {
    const reason = obstacle(pair, found);
    if (reason) {
      leaveOut(results, pair, reason);
      continue;
    }
    try {
      const measured = await measurePair(pair, contenders, options.rounds, place);
      results.rows = inPlanOrder(merge(results.rows, measured));
    } catch (error) {
      leaveOut(
        results,
        pair,
        error instanceof NotAvailable
          ? `not available: ${error.message}`
          : `failed: ${error.message}`,
      );
      process.exitCode = error instanceof NotAvailable ? process.exitCode : 1;
    } finally {
      endVisits();
    }
    save();
  }
  save();
  say(`figures are in ${out}`);
  return results;
}

/** Who is there, by name. */
async function find(place) {
  const found = {};
  for (const [id, contender] of Object.entries(contenders)) {
    found[id] = { name: contender.name, ...(await contender.find(place)) };
  }
  return found;
}

/** Why a pair cannot be measured here, or null. */
function obstacle(pair, found) {
  for (const id of [pair.ours, pair.theirs]) {
    if (!found[id].version) {
      return `${found[id].name} is not installed: ${found[id].install}`;
    }
  }
  return pair.host === "browser" && !chromiumPath()
    ? "Chromium is not installed: apt-get install chromium"
    : null;
}

function leaveOut(results, pair, reason) {
  say(`${pair.id}: ${reason}`);
  const [first] = reason.split("\n");
  const ids = pair.figures.map((figure) => rowId(pair, figure));
  results.rows = results.rows.filter((row) => !ids.includes(row.id));
  ids.forEach((id) => results.left_out.push({ id, reason: first }));
}

/** Rows as the plan has them, whenever they were measured. */
function inPlanOrder(rows) {
  const all = [...plan({ gesture: "" }), ...plan({ before: "" })];
  const ids = all.flatMap((pair) => pair.figures.map((f) => rowId(pair, f)));
  return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** Figures of two machines do not belong into one table. */
function checkSameMachine(before, now, out) {
  for (const fact of ["cpu", "family", "model", "cores"]) {
    if (before && before[fact] !== now[fact]) {
      throw new UsageError(`${out} has figures of another machine: name another file with --out`);
    }
  }
}

function read(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

main().catch((error) => {
  say(`bench: ${error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
