/**
 * The characteristics of Bluetooth's Environmental Sensing service: how their
 * bytes are read, and which of the model's channels they are.
 *
 * Source: GATT Specification Supplement and Environmental Sensing Service of the
 * Bluetooth SIG. All numbers are little-endian; most are integers with a decimal
 * exponent, and some have a value that stands for "not known".
 */

import type { ChannelInfo } from "@senselm/web";
import type { Convert } from "./reader.js";

/** The service, and the way in which 16-bit identifiers are written in full. */
export const ENVIRONMENTAL_SENSING = 0x181a;

type Encoding = "sint8" | "uint8" | "sint16" | "uint16" | "sint24" | "uint24" | "uint32" | "sfloat";

/** One quantity of a characteristic; some characteristics have several. */
export interface Quantity {
  uuid: number;
  name: string;
  unit: string;
  /** Bytes of the whole characteristic, and where this quantity stands in it. */
  bytes: number;
  offset: number;
  encoding: Encoding;
  scale: number;
  /** The number that means "not known". */
  unknown: number | null;
  /** What channels of this quantity are called; the name itself is one of them. */
  words: readonly string[];
}

const BYTES: Readonly<Record<Encoding, number>> = {
  sint8: 1,
  uint8: 1,
  sint16: 2,
  uint16: 2,
  sint24: 3,
  uint24: 3,
  uint32: 4,
  sfloat: 2,
};

type Row = readonly [number, string, string, Encoding, number, number | null, string?];

const ROWS: readonly Row[] = [
  [0x2a6e, "temperature", "°C", "sint16", 0.01, -0x8000, "temp air_temperature t"],
  [0x2a6f, "humidity", "%", "uint16", 0.01, 0xffff, "relative_humidity rel_humidity hum rh"],
  [0x2a6d, "pressure", "Pa", "uint32", 0.1, null, "air_pressure barometric_pressure press baro"],
  [0x2a7b, "dew_point", "°C", "sint8", 1, null, "dewpoint"],
  [0x2a7a, "heat_index", "°C", "sint8", 1, null],
  [0x2a79, "wind_chill", "°C", "sint8", 1, null],
  [0x2a76, "uv_index", "", "uint8", 1, null, "uv uvi"],
  [0x2a77, "irradiance", "W/m²", "uint16", 0.1, null, "solar_irradiance"],
  [0x2a78, "rainfall", "mm", "uint16", 1, null, "rain precipitation"],
  [0x2a70, "true_wind_speed", "m/s", "uint16", 0.01, null, "wind_speed wind"],
  [0x2a71, "true_wind_direction", "°", "uint16", 0.01, null, "wind_direction"],
  [0x2a72, "apparent_wind_speed", "m/s", "uint16", 0.01, null],
  [0x2a73, "apparent_wind_direction", "°", "uint16", 0.01, null],
  [0x2a74, "gust_factor", "", "uint8", 0.1, null, "gust"],
  [0x2a6c, "elevation", "m", "sint24", 0.01, null, "altitude"],
  [0x2a75, "pollen_concentration", "1/m³", "uint24", 1, null, "pollen"],
  [0x2a2c, "magnetic_declination", "°", "uint16", 0.01, null, "declination"],
  [0x2be4, "noise", "dB", "uint8", 1, 0xff, "sound_level noise_level sound"],
  [0x2b8c, "co2", "ppm", "uint16", 1, 0xffff, "co2_concentration carbon_dioxide eco2"],
  [0x2be7, "voc", "ppb", "uint16", 1, 0xffff, "voc_concentration tvoc"],
  [0x2bd0, "co", "kg/m³", "sfloat", 1, null, "co_concentration carbon_monoxide"],
  [0x2bcf, "ammonia", "kg/m³", "sfloat", 1, null, "nh3 ammonia_concentration"],
  [0x2bd1, "methane", "kg/m³", "sfloat", 1, null, "ch4 methane_concentration"],
  [0x2bd2, "no2", "kg/m³", "sfloat", 1, null, "nitrogen_dioxide no2_concentration"],
  [0x2bd4, "ozone", "kg/m³", "sfloat", 1, null, "o3 ozone_concentration"],
  [0x2bd5, "pm1", "kg/m³", "sfloat", 1, null, "pm1_0"],
  [0x2bd6, "pm2_5", "kg/m³", "sfloat", 1, null, "pm25"],
  [0x2bd7, "pm10", "kg/m³", "sfloat", 1, null],
  [0x2bd9, "so2", "kg/m³", "sfloat", 1, null, "sulfur_dioxide so2_concentration"],
];

/** Magnetic flux density, in units of 10^-7 tesla along each axis. */
const FLUX = [
  { uuid: 0x2aa0, axes: ["x", "y"] },
  { uuid: 0x2aa1, axes: ["x", "y", "z"] },
];

/** Every quantity that can be read. */
export const QUANTITIES: readonly Quantity[] = [
  ...ROWS.map(([uuid, name, unit, encoding, scale, unknown, words = ""]) => ({
    uuid,
    name,
    unit,
    bytes: BYTES[encoding],
    offset: 0,
    encoding,
    scale,
    unknown,
    words: [name, ...words.split(" ").filter(Boolean)],
  })),
  ...FLUX.flatMap(({ uuid, axes }) =>
    axes.map((axis, index) => ({
      uuid,
      name: `magnetic_flux_${axis}`,
      unit: "T",
      bytes: axes.length * 2,
      offset: index * 2,
      encoding: "sint16" as const,
      scale: 1e-7,
      unknown: null,
      words: [`magnetic_flux_${axis}`, `mag_${axis}`, `magnetometer_${axis}`, `magnetic_${axis}`],
    })),
  ),
];

/** The quantity's value in its unit, or null where it is not known. */
export function decode(quantity: Quantity, view: DataView): number | null {
  const raw = integer(view, quantity.offset, quantity.encoding);
  if (quantity.encoding === "sfloat") {
    return sfloat(raw);
  }
  // A decimal exponent is exact only as a division.
  const value = quantity.scale < 1 ? raw / Math.round(1 / quantity.scale) : raw * quantity.scale;
  return raw === quantity.unknown ? null : value;
}

function integer(view: DataView, at: number, encoding: Encoding): number {
  switch (encoding) {
    case "sint8":
      return view.getInt8(at);
    case "uint8":
      return view.getUint8(at);
    case "sint16":
      return view.getInt16(at, true);
    case "uint16":
    case "sfloat":
      return view.getUint16(at, true);
    case "sint24":
      return view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000;
    case "uint24":
      return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
    case "uint32":
      return view.getUint32(at, true);
  }
}

/** IEEE 11073's 16-bit float: 4 bits of exponent, 12 of mantissa, both signed. */
function sfloat(raw: number): number | null {
  const mantissa = raw & 0xfff;
  // NaN, not at this resolution, reserved, and the two infinities.
  if (mantissa >= 0x7fe && mantissa <= 0x802) {
    return null;
  }
  const signed = mantissa >= 0x800 ? mantissa - 0x1000 : mantissa;
  const exponent = raw >> 12 >= 8 ? (raw >> 12) - 16 : raw >> 12;
  return exponent < 0 ? signed / 10 ** -exponent : signed * 10 ** exponent;
}

/** A quantity of one of the sensor's characteristics, and the channel it is for. */
export interface Assignment<C> {
  channel: number;
  characteristic: C;
  quantity: Quantity;
}

/**
 * Which characteristic fills which channel, by name and unit. A sensor may have
 * a characteristic several times; then channels take them in order.
 */
export function assign<C>(
  channels: readonly ChannelInfo[],
  offered: readonly { uuid: number; characteristic: C }[],
  convert: Convert,
): Assignment<C>[] {
  const free = offered.flatMap(({ uuid, characteristic }) =>
    QUANTITIES.filter((quantity) => quantity.uuid === uuid).map((quantity) => ({
      characteristic,
      quantity,
    })),
  );
  const assigned = new Map<number, Assignment<C>>();
  // Whole names first, so that a dew point does not pass for a temperature.
  for (const matches of [isNamed, isPartOf]) {
    channels.forEach(({ name, unit }, channel) => {
      const at = free.findIndex(({ quantity }) => {
        return matches(quantity, plain(name)) && convert(1, quantity.unit, unit) !== null;
      });
      const found = free[at];
      if (found && !assigned.has(channel)) {
        assigned.set(channel, { channel, ...found });
        free.splice(at, 1);
      }
    });
  }
  return [...assigned.values()].sort((a, b) => a.channel - b.channel);
}

function isNamed({ words }: Quantity, name: string): boolean {
  return words.includes(name);
}

/** Whether a channel like `room_temperature_2` is called after the quantity. */
function isPartOf({ words }: Quantity, name: string): boolean {
  return words.some((word) => word.length > 2 && `_${name}_`.includes(`_${word}_`));
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
}
