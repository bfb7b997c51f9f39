/** The command line of the benchmark. */

import { parseArgs } from "node:util";

export const USAGE = `./build.sh bench [options]

Measures senselm and every peer that is installed, in turns (A B A B), and prints
the ratios. Peers are installed with bench/peers/install.sh.

  --host HOST      only native, wasmtime or browser (may be given several times)
  --model SIZE     only 30m or 124m (may be given several times)
  --backend NAME   cpu (default) or gpu: the rows of WebGPU and Vulkan, which a
                   CPU plays where there is no GPU
  --only WORD      only rows whose name contains WORD, as --list prints them, or
                   only the roofline
  --rounds N       pairs of measurements per row (default 5)
  --peers DIR      where the peers are (default: PEERS, else target/peers)
  --before DIR     measure nothing but this checkout beside an earlier one, which
                   is built in DIR: cargo build --release -p senselm-cli,
                   cargo xtask wasm, npm ci, npm run build
  --gesture FILE   a gesture model, for sensor windows a second
  --out FILE       where the figures go (default target/bench/results.json); rows
                   that are in it already and are not measured again stay
  --from FILE      measure nothing, take the figures of FILE
  --document       write docs/benchmarks.md, .json and plots from the figures
  --contended      with --document: accept figures from a machine that was busy
  --list           print the names of the rows and stop
  --help           print this
`;

const HOSTS = ["native", "wasmtime", "browser"];
const MODELS = ["30m", "124m"];
const BACKENDS = ["cpu", "gpu"];
const MAX_ROUNDS = 1000;

/** What the person may have got wrong; the message says how to get it right. */
export class UsageError extends Error {}

/** Reads the command line. */
export function parse(words) {
  const text = { type: "string" };
  const many = { type: "string", multiple: true };
  const flag = { type: "boolean", default: false };
  let values;
  try {
    ({ values } = parseArgs({
      args: words,
      options: {
        host: many,
        model: many,
        backend: { ...text, default: "cpu" },
        only: text,
        rounds: { ...text, default: "5" },
        peers: text,
        before: text,
        gesture: text,
        out: text,
        from: text,
        document: flag,
        contended: flag,
        list: flag,
        help: flag,
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new UsageError(`--rounds must be a whole number from 1 to ${MAX_ROUNDS}`);
  }
  among("--backend", [values.backend], BACKENDS);
  return {
    ...values,
    rounds,
    host: among("--host", values.host, HOSTS),
    model: among("--model", values.model, MODELS),
  };
}

function among(option, given, known) {
  for (const value of given ?? []) {
    if (!known.includes(value)) {
      throw new UsageError(`${option} must be one of ${known.join(", ")}, not ${value}`);
    }
  }
  return given ?? known;
}
