/** The worker that runs the build `threads` of the runtime, and starts its helpers. */

import * as script from "../wasm/threads/senselm.js";
import { helpersFrom } from "./helpers.js";
import { serveModel } from "./worker.js";

serveModel({
  script,
  module: new URL("../wasm/threads/senselm_bg.wasm", import.meta.url),
  tables: new URL("../wasm/tables/tables_bg.wasm", import.meta.url),
  fits: new URL("../wasm/fits/fits_bg.wasm", import.meta.url),
  startHelpers: helpersFrom(
    () => new Worker(new URL("./helper.js", import.meta.url), { type: "module" }),
  ),
});
