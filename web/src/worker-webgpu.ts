/** The worker that runs the build `webgpu` of the runtime. */

import * as script from "../wasm/webgpu/senselm.js";
import { serveModel } from "./worker.js";

serveModel({
  script,
  module: new URL("../wasm/webgpu/senselm_bg.wasm", import.meta.url),
  tables: new URL("../wasm/tables/tables_bg.wasm", import.meta.url),
  fits: new URL("../wasm/fits/fits_bg.wasm", import.meta.url),
});
