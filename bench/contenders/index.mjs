/**
 * Everybody who can be measured.
 *
 * A contender has a `name`, `find(place)`, which gives its `version` or what
 * installs it, and `measure(work, place)`, which makes a fresh process or page
 * do the work once and gives figures by the keys of the plan.
 */

import { candle, matvec } from "./matvec.mjs";
import { llama, tinyllm } from "./llama.mjs";
import { ortWeb, ortWebGpu, page, pageBefore, transformers, wllama } from "./pages.mjs";
import { native, nativeBefore, wasmtime, wasmtimeBefore } from "./senselm.mjs";

export const contenders = {
  senselm: native,
  "senselm-before": nativeBefore,
  "senselm-wasmtime": wasmtime,
  "senselm-wasmtime-before": wasmtimeBefore,
  "senselm-matvec": matvec,
  "senselm-page": page,
  "senselm-page-before": pageBefore,
  "llama.cpp": llama,
  tinyllm,
  wllama,
  "ort-web": ortWeb,
  "ort-webgpu": ortWebGpu,
  "transformers.js": transformers,
  candle,
};
