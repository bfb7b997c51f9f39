/**
 * Everybody who can be measured.
 *
 * A contender has a `name`, `find(place)`, which gives its `version` or what
 * installs it, and `measure(work, place)`, which makes a fresh process or page
 * do the work once and gives figures by the keys of the plan.
 */

import { candle, matvec } from "./matvec.mjs";
import { llama, tinyllm } from "./llama.mjs";
import { ortWeb, ortWebGpu, page, transformers, wllama } from "./pages.mjs";
import { native, wasmtime } from "./senselm.mjs";

export const contenders = {
  senselm: native,
  "senselm-wasmtime": wasmtime,
  "senselm-matvec": matvec,
  "senselm-page": page,
  "llama.cpp": llama,
  tinyllm,
  wllama,
  "ort-web": ortWeb,
  "ort-webgpu": ortWebGpu,
  "transformers.js": transformers,
  candle,
};
