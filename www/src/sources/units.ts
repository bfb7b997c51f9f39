/** Units of measurement that sensors and models write, and what one is in another. */

/** `value * scale + offset` is the value in the base unit of its quantity. */
interface Unit {
  quantity: string;
  scale: number;
  offset: number;
}

/** Quantity, scale, offset, and the ways in which people write the unit. */
const TABLE: readonly (readonly [string, number, number, string])[] = [
  ["temperature", 1, 0, "c degc celsius"],
  ["temperature", 5 / 9, -32 * (5 / 9), "f degf fahrenheit"],
  ["temperature", 1, -273.15, "k kelvin"],
  ["pressure", 1, 0, "pa pascal"],
  ["pressure", 100, 0, "hpa mbar millibar"],
  ["pressure", 1000, 0, "kpa"],
  ["pressure", 1e6, 0, "mpa"],
  ["pressure", 1e5, 0, "bar"],
  ["pressure", 6894.757293168, 0, "psi"],
  ["pressure", 133.322387415, 0, "mmhg torr"],
  ["ratio", 1, 0, "% %rh rh% percent pct"],
  ["ratio", 100, 0, "1 fraction"],
  ["acceleration", 1, 0, "m/s2 m/s/s ms-2"],
  ["acceleration", 9.80665, 0, "g g0"],
  ["acceleration", 0.00980665, 0, "mg"],
  ["angular rate", 1, 0, "/s deg/s dps"],
  ["angular rate", 180 / Math.PI, 0, "rad/s rads-1"],
  ["speed", 1, 0, "m/s ms-1"],
  ["speed", 1 / 3.6, 0, "km/h kph"],
  ["speed", 0.44704, 0, "mph"],
  ["speed", 1852 / 3600, 0, "kn kt knots"],
  ["length", 1, 0, "m"],
  ["length", 0.001, 0, "mm"],
  ["length", 0.01, 0, "cm"],
  ["length", 0.3048, 0, "ft"],
  ["share", 1, 0, "ppm"],
  ["share", 0.001, 0, "ppb"],
  ["density", 1, 0, "kg/m3"],
  ["density", 1e-6, 0, "mg/m3"],
  ["density", 1e-9, 0, "ug/m3"],
  ["irradiance", 1, 0, "w/m2"],
  ["angle", 1, 0, "deg degree degrees"],
  ["angle", 180 / Math.PI, 0, "rad"],
  ["flux density", 1, 0, "t tesla"],
  ["flux density", 1e-6, 0, "ut"],
  ["flux density", 1e-4, 0, "gauss"],
  ["level", 1, 0, "db dba db(a)"],
];

const UNITS = new Map<string, Unit>(
  TABLE.flatMap(([quantity, scale, offset, names]) =>
    names.split(" ").map((name) => [name, { quantity, scale, offset }] as const),
  ),
);

/** More than any sensor has, and few enough that 21.5 °C is 70.7 F. */
const DIGITS = 12;

/** What kind of quantity a unit measures, or null where the unit is unknown. */
export function quantityOf(unit: string): string | null {
  return find(unit)?.quantity ?? null;
}

/**
 * A value in another unit, or null where one cannot be had from the other. A
 * unit that is empty is taken for the other one: nobody said otherwise.
 */
export function convert(value: number, from: string, to: string): number | null {
  if (from === to || from === "" || to === "") {
    return value;
  }
  const [source, target] = [find(from), find(to)];
  if (!source || source.quantity !== target?.quantity) {
    return null;
  }
  if (source.scale === target.scale && source.offset === target.offset) {
    return value;
  }
  const converted = (value * source.scale + source.offset - target.offset) / target.scale;
  return Number(converted.toPrecision(DIGITS));
}

function find(unit: string): Unit | undefined {
  const plain = unit.trim().toLowerCase().replace(/\s+/g, "").replace(/[µμ]/g, "u");
  const ascii = plain
    .replace(/²/g, "2")
    .replace(/³/g, "3")
    .replace(/[\^·*]/g, "");
  // A lone degree sign is an angle; in front of something else it says nothing.
  return UNITS.get(ascii === "°" ? "deg" : ascii.replace(/°/g, ""));
}
