/**
 * The weights that everybody runs: random, made once from one seed in f32, then
 * converted to what each contender reads.
 */

import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { root, senselmPath, vocabularyFolder } from "./places.mjs";
import { run } from "./process.mjs";

const SEED = "1";

export class Weights {
  constructor(peers) {
    this.peers = peers;
    this.folder = join(peers, "weights");
    mkdirSync(this.folder, { recursive: true });
  }

  /** A GGUF file of a preset (`30m`) in a type (`q8_0`). */
  async gguf(preset, type) {
    const path = join(this.folder, `${preset}-${type}.gguf`);
    await this.#make(path, async (unfinished) => {
      if (type === "f32") {
        const vocab = ["--vocab", `gpt2:${vocabularyFolder}`];
        const given = ["--preset", preset, ...vocab, "--seed", SEED, "--type", "f32"];
        await run(senselmPath(), ["init", ...given, "-o", unfinished]);
      } else {
        const floats = await this.gguf(preset, "f32");
        await run(senselmPath(), ["quantize", floats, "--type", type, "-o", unfinished]);
      }
    });
    return path;
  }

  /** An ONNX folder of a preset, in f32 and int8, as transformers.js wants it. */
  async onnx(preset) {
    const path = join(this.folder, `onnx-f32-int8/${preset}`);
    await this.#make(path, async (unfinished) => {
      const floats = await this.gguf(preset, "f32");
      const folder = join(this.folder, `hf-${preset}`);
      if (!existsSync(join(folder, "config.json"))) {
        await run(senselmPath(), ["convert", floats, "-o", folder]);
      }
      const python = join(this.peers, "venv/bin/python");
      await run(python, [join(root, "bench/peers/gpt2_to_onnx.py"), folder, unfinished]);
    });
    return path;
  }

  /** Makes a file or folder unless it is there, and never leaves half of one. */
  async #make(path, make) {
    if (existsSync(path)) {
      return;
    }
    process.stderr.write(`making ${path}\n`);
    mkdirSync(join(path, ".."), { recursive: true });
    const unfinished = `${path}.unfinished`;
    await make(unfinished);
    renameSync(unfinished, path);
  }
}
