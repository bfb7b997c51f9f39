/** From the fields of a form to a source, for those that a user connects. */

import { availability, SOURCE_KINDS } from "../sources/availability.js";
import { BLUETOOTH_DEFAULTS, BluetoothSource } from "../sources/bluetooth.js";
import { t } from "../i18n/index.svelte.js";
import { ANY_FORMAT, type Format } from "../sources/format.js";
import { checkMqtt, MQTT_DEFAULTS, type MqttSettings } from "../sources/mqtt-settings.js";
import { MotionSource } from "../sources/motion.js";
import { MqttSource } from "../sources/mqtt.js";
import { SERIAL_DEFAULTS, SerialSource } from "../sources/serial.js";
import { message, type Source, type SourceKind, type SourceMessage } from "../sources/source.js";
import { lines, names, type Settings } from "./settings.js";

/** Every source but the simulator, which needs no form. */
export type Connected = Omit<Settings, "kind"> & { kind: Exclude<SourceKind, "simulator"> };

/** Makes the source that was chosen; it is not open yet. */
export function make(settings: Connected): Source {
  switch (settings.kind) {
    case "mqtt":
      return new MqttSource(mqtt(settings.mqtt));
    case "serial": {
      const { baud, columns, time } = settings.serial;
      const format = { ...ANY_FORMAT, columns: names(columns), time: time.trim() };
      return new SerialSource({ ...SERIAL_DEFAULTS, baudRate: Number(baud), format });
    }
    case "bluetooth":
      return new BluetoothSource({
        ...BLUETOOTH_DEFAULTS,
        namePrefix: settings.bluetooth.name.trim(),
      });
    case "motion":
      return new MotionSource();
  }
}

/** What is wrong with the fields of the chosen source, or null. */
export function wrong(settings: Settings): SourceMessage | null {
  if (settings.kind === "mqtt") {
    return checkMqtt(mqtt(settings.mqtt));
  }
  if (settings.kind === "serial" && !isBaudRate(settings.serial.baud)) {
    return message("sources.serial_rate", { baud: settings.serial.baud });
  }
  return null;
}

/** Whether a port may be opened with it. */
export function isBaudRate(text: string): boolean {
  const rate = Number(text);
  return Number.isInteger(rate) && rate >= 50 && rate <= 4_000_000;
}

function mqtt(fields: Settings["mqtt"]): MqttSettings {
  const { url, topics, username, password, qos, holds, path, columns, time } = fields;
  const format: Format = {
    ...ANY_FORMAT,
    path: path.trim(),
    columns: names(columns),
    time: time.trim(),
  };
  return {
    ...MQTT_DEFAULTS,
    url: url.trim(),
    topics: lines(topics),
    username,
    password,
    qos: qos === "0" ? 0 : 1,
    holds,
    format,
  };
}

/** Why each source cannot be used here, or null. */
export function hindrances(
  hasPump: boolean,
  bluetoothIsOff: SourceMessage | null,
): Record<SourceKind, SourceMessage | string | null> {
  const entries = SOURCE_KINDS.map((kind) => [kind, availability(kind).instead]);
  const known = Object.fromEntries(entries) as Record<SourceKind, SourceMessage | null>;
  return {
    ...known,
    simulator: hasPump ? null : t("live.pick.nopump"),
    bluetooth: known.bluetooth ?? bluetoothIsOff,
  };
}
