/** The strings of every feature, in English. */

import app from "./app.js";
import batch from "./batch.js";
import fits from "./fits.js";
import history from "./history.js";
import live from "./live.js";
import models from "./models.js";
import sources from "./sources.js";
import ui from "./ui.js";

export default { app, batch, fits, history, live, models, sources, ui };
