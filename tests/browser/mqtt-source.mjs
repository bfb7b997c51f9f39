/** The dashboard's MQTT source in a page of a test: opened, waited for, and what it delivered. */

import { channels } from "./sources.mjs";

/** Opens a source in the page and keeps what it delivers in `window.record`. */
export function openSource(page, settings, names = ["temp", "hum", "press"], sample_rate_hz = 10) {
  return page.evaluate(
    async ({ settings, model }) => {
      const { MqttSource } = await import("/mqtt.js");
      const { MQTT_DEFAULTS } = await import("/mqtt-settings.js");
      const { ANY_FORMAT } = await import("/format.js");
      const format = { ...ANY_FORMAT, ...settings.format };
      window.record = window.recorder();
      window.source = new MqttSource({ ...MQTT_DEFAULTS, ...settings, format });
      window.source.open(model, window.record.sink);
    },
    { settings, model: channels(names, { sample_rate_hz }) },
  );
}

/** Waits for the connection. */
export const isOpen = (page) =>
  page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "open", "open"));
/** Waits for so many readings. */
export const count = (page, count) =>
  page.evaluate((count) => window.until(() => window.record.readings.length >= count), count);
/** What was delivered so far. */
export const record = (page) =>
  page.evaluate(() => ({ ...window.record, sink: undefined, host: undefined }));
/** Closes the source. */
export const close = (page) => page.evaluate(() => window.source.close());
/** The states that it was in, in order. */
export const kinds = ({ states }) => states.map(({ kind }) => kind);
/** Waits for a time. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the source has given up. */
export const failed = (page) =>
  page.evaluate(() => window.until(() => window.record.states.at(-1).kind === "failed", "failed"));
