//! Units of measurement that sensors and models write, and what a value in one
//! is in another.

use alloc::string::String;

use crate::letters::lower;
use crate::time::is_time_unit;

/// A row of [`TABLE`]: `value * scale + offset` is the value in the base unit
/// of its quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// What is measured.
    pub quantity: &'static str,
    /// Base units in this one.
    pub scale: f64,
    /// Where this one's zero is in the base unit.
    pub offset: f64,
    /// The ways in which people write it, separated by spaces: without degree
    /// signs, `²` as `2`, `µ` as `u`; in lower case but for what [`find`] keeps,
    /// and for what is written only like this: `mPa`.
    pub names: &'static str,
}

const fn row(quantity: &'static str, scale: f64, offset: f64, names: &'static str) -> Row {
    Row {
        quantity,
        scale,
        offset,
        names,
    }
}

/// Every unit that is known.
///
/// # Source
/// The SI brochure, 9th edition, and NIST SP 811 for what is not of the SI.
pub const TABLE: &[Row] = &[
    row("temperature", 1.0, 0.0, "c cel degc celsius"),
    row(
        "temperature",
        5.0 / 9.0,
        -32.0 * (5.0 / 9.0),
        "f degf fahrenheit",
    ),
    row("temperature", 1.0, -273.15, "K kelvin Kelvin"),
    row("pressure", 1.0, 0.0, "pa pascal"),
    row("pressure", 100.0, 0.0, "hpa mbar MBAR millibar Millibar"),
    row("pressure", 1000.0, 0.0, "kpa"),
    row("pressure", 1e6, 0.0, "MPa Mpa"),
    row("pressure", 1e-3, 0.0, "mPa"),
    row("pressure", 1e5, 0.0, "bar"),
    row("pressure", 6894.757293168, 0.0, "psi"),
    row("pressure", 133.322387415, 0.0, "mmhg MMHG torr"),
    row("pressure", 3386.388640341, 0.0, "inhg"),
    row("ratio", 1.0, 0.0, "% %rh rh% percent pct"),
    row("ratio", 100.0, 0.0, "1 fraction"),
    row("acceleration", 1.0, 0.0, "m/s2 m/s/s ms-2 M/s2"),
    row("acceleration", 9.80665, 0.0, "g g0"),
    row("acceleration", 0.00980665, 0.0, "mg"),
    row("angular rate", 1.0, 0.0, "/s deg/s dps"),
    row(
        "angular rate",
        180.0 / core::f64::consts::PI,
        0.0,
        "rad/s rads-1",
    ),
    row("speed", 1.0, 0.0, "m/s ms-1 M/s"),
    row("speed", 0.001, 0.0, "mm/s MM/S"),
    row("speed", 1e-6, 0.0, "um/s"),
    row("speed", 0.0254, 0.0, "in/s ips"),
    row("speed", 1.0 / 3.6, 0.0, "km/h kph"),
    row("speed", 0.44704, 0.0, "mph Mph"),
    row("speed", 1852.0 / 3600.0, 0.0, "kn kt knots"),
    row("length", 1.0, 0.0, "m"),
    row("length", 0.001, 0.0, "mm MM"),
    row("length", 0.01, 0.0, "cm"),
    row("length", 1e-6, 0.0, "um"),
    row("length", 1000.0, 0.0, "km"),
    row("length", 0.3048, 0.0, "ft"),
    row("share", 1.0, 0.0, "ppm"),
    row("share", 0.001, 0.0, "ppb"),
    row("density", 1.0, 0.0, "kg/m3"),
    row("density", 1e-6, 0.0, "mg/m3"),
    row("density", 1e-9, 0.0, "ug/m3"),
    row("volume flow", 1.0, 0.0, "m3/h M3/h"),
    row("volume flow", 3600.0, 0.0, "m3/s M3/s"),
    row("volume flow", 0.06, 0.0, "l/min lpm"),
    row("volume flow", 3.6, 0.0, "l/s"),
    row("volume flow", 0.2271247, 0.0, "gpm"),
    row("irradiance", 1.0, 0.0, "w/m2"),
    row("illuminance", 1.0, 0.0, "lx lux"),
    row("angle", 1.0, 0.0, "deg degree degrees"),
    row("angle", 180.0 / core::f64::consts::PI, 0.0, "rad"),
    row("flux density", 1.0, 0.0, "t tesla"),
    row("flux density", 1e-6, 0.0, "ut"),
    row("flux density", 1e-4, 0.0, "gauss"),
    row("level", 1.0, 0.0, "db dba db(a)"),
    row("voltage", 1.0, 0.0, "v volt volts"),
    row("voltage", 0.001, 0.0, "mv"),
    row("current", 1.0, 0.0, "a amp ampere"),
    row("current", 0.001, 0.0, "ma"),
    row("power", 1.0, 0.0, "w watt watts"),
    row("power", 1000.0, 0.0, "kw"),
    row("frequency", 1.0, 0.0, "hz"),
    row("frequency", 1000.0, 0.0, "khz"),
    row("frequency", 1.0 / 60.0, 0.0, "rpm 1/min bpm cpm"),
];

/// A unit of [`TABLE`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit(&'static Row);

impl Unit {
    /// What it measures.
    #[must_use]
    pub fn quantity(self) -> &'static str {
        self.0.quantity
    }

    /// The first of the ways in which it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.names.split(' ').next().unwrap_or_default()
    }

    /// How people write it, where that is not the first of its names.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self.name() {
            "c" => "°C",
            "f" => "°F",
            "pa" => "Pa",
            "hpa" => "hPa",
            "kpa" => "kPa",
            "mmhg" => "mmHg",
            "inhg" => "inHg",
            "v" => "V",
            "mv" => "mV",
            "a" => "A",
            "ma" => "mA",
            "w" => "W",
            "kw" => "kW",
            "hz" => "Hz",
            "khz" => "kHz",
            name => name,
        }
    }

    /// The other units of what it measures, as far as values in them differ.
    pub fn alternatives(self) -> impl Iterator<Item = Self> {
        all().filter(move |other| self.conversion(*other).is_some_and(|c| c != (1.0, 0.0)))
    }

    /// What a value of this unit is in another one: times the first number plus the
    /// second. `None` where that measures something else.
    #[must_use]
    pub fn conversion(self, to: Self) -> Option<(f64, f64)> {
        let (from, to) = (self.0, to.0);
        let same = from.quantity == to.quantity;
        let scale = rounded(from.scale / to.scale);
        let offset = rounded((from.offset - to.offset) / to.scale);
        same.then_some((scale, offset))
    }

    /// A value of this unit in another one, or `None` where that measures
    /// something else.
    #[must_use]
    pub fn convert(self, value: f64, to: Self) -> Option<f64> {
        let (from, to) = (self.0, to.0);
        if from.quantity != to.quantity {
            return None;
        }
        if from.scale == to.scale && from.offset == to.offset {
            return Some(value);
        }
        let converted = (value * from.scale + from.offset - to.offset) / to.scale;
        Some(rounded(converted))
    }
}

/// Every unit that is known, in the order of [`TABLE`].
pub fn all() -> impl Iterator<Item = Unit> {
    TABLE.iter().map(Unit)
}

/// A value with twelve digits: more than any sensor has, and few enough that
/// 21.5 °C is 70.7 °F.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let size = libm::fabs(value);
    // Powers of ten are whole numbers that are exact as far as this.
    const LARGEST: f64 = 1e22;
    let mut power = 1.0;
    if size < 1e12 {
        while size * power < 1e11 && power < LARGEST {
            power *= 10.0;
        }
        let scaled = value * power;
        if libm::fabs(scaled) < 1e11 {
            return value;
        }
        return libm::round(scaled) / power;
    }
    while size / power >= 1e12 && power < LARGEST {
        power *= 10.0;
    }
    if size / power >= 1e12 {
        return value;
    }
    libm::round(value / power) * power
}

/// The unit that is written like this, or `None`. Spaces, degree signs and the
/// ways to write powers do not matter, nor does case where it says nothing: an M
/// in front is mega, and m is milli. K, k, M, m, G and g alone are what they are.
#[must_use]
pub fn find(text: &str) -> Option<Unit> {
    let mut plain = String::new();
    for letter in text.trim().chars() {
        match letter {
            'µ' | 'μ' => plain.push('u'),
            '²' => plain.push('2'),
            '³' => plain.push('3'),
            '^' | '·' | '*' => {}
            letter if letter.is_whitespace() => {}
            letter => plain.push(letter),
        }
    }
    // A lone degree sign is an angle; in front of something else it says
    // nothing.
    let bare = match plain.as_str() {
        "°" => String::from("deg"),
        _ => plain.replace(['°', 'º'], ""),
    };
    if bare.is_empty() {
        return None;
    }
    let named = |written: &str| {
        let mut rows = TABLE.iter();
        rows.find(|row| row.names.split(' ').any(|name| name == written))
    };
    named(&bare).or_else(|| named(&folded(&bare))).map(Unit)
}

/// A unit in lower case, but for a letter in front that is another one then.
fn folded(unit: &str) -> String {
    let alone = unit.len() == 1;
    let keep = |at, letter| at == 0 && (letter == 'M' || (alone && "KG".contains(letter)));
    let letters = unit
        .char_indices()
        .map(|(at, letter)| match keep(at, letter) {
            true => letter,
            false => lower(letter),
        });
    letters.collect()
}

/// Whether a text is any unit, of time too.
pub(crate) fn is_any(text: &str) -> bool {
    find(text).is_some() || is_time_unit(text)
}

/// Whether two texts are one unit, which may be in no table.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    match (find(a), find(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            let (a, b) = (a.trim(), b.trim());
            let first = |text: &str| text.chars().next().filter(|first| "mM".contains(*first));
            a.eq_ignore_ascii_case(b) && first(a) == first(b)
        }
        _ => false,
    }
}

/// A value in another unit, or `None` where one cannot be had from the other.
/// A unit that is empty is taken for the other one: nobody said otherwise.
#[must_use]
pub fn convert(value: f64, from: &str, to: &str) -> Option<f64> {
    if from == to || from.is_empty() || to.is_empty() {
        return Some(value);
    }
    find(from)?.convert(value, find(to)?)
}

#[cfg(test)]
mod tests {
    use super::{TABLE, all, convert, find, is_same};

    #[test]
    fn names_are_unique() {
        let mut seen = alloc::collections::BTreeSet::new();
        for name in TABLE.iter().flat_map(|row| row.names.split(' ')) {
            assert!(seen.insert(name), "{name}");
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn converts_what_measures_the_same() {
        assert_eq!(convert(21.5, "°C", "F"), Some(70.7));
        assert_eq!(convert(1013.25, "hPa", "bar"), Some(1.01325));
        assert_eq!(convert(5.0, "", "bar"), Some(5.0));
        assert_eq!(convert(5.0, "bar", "°C"), None);
        assert_eq!(convert(1500.0, "µm/s", "mm/s"), Some(1.5));
        assert_eq!(convert(1.0, "m/s^2", "m/s²"), Some(1.0));
        assert_eq!(find("°").map(super::Unit::quantity), Some("angle"));
        assert_eq!(find(""), None);
    }

    #[test]
    fn conversions_are_a_scale_and_an_offset() {
        let unit = |name| find(name).expect(name);
        assert_eq!(unit("°C").conversion(unit("°F")), Some((1.8, 32.0)));
        assert_eq!(unit("K").conversion(unit("°C")), Some((1.0, -273.15)));
        assert_eq!(unit("bar").conversion(unit("hPa")), Some((1000.0, 0.0)));
        assert_eq!(unit("bar").conversion(unit("°C")), None);
        let names: alloc::vec::Vec<_> = unit("K").alternatives().map(|u| u.symbol()).collect();
        assert_eq!(names, ["°C", "°F"]);
        assert!(all().all(|unit| find(unit.symbol()) == Some(unit)));
        for one in all() {
            for other in one.alternatives() {
                let (scale, offset) = one.conversion(other).expect("the same quantity");
                let converted = one.convert(20.0, other).expect("the same quantity");
                let by_hand = 20.0 * scale + offset;
                let slack = libm::fabs(converted) * 1e-9 + 1e-9;
                assert!(libm::fabs(by_hand - converted) < slack, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn case_where_it_says_something() {
        assert_eq!(convert(5.0, "MPa", "bar"), Some(50.0));
        assert_eq!(convert(5.0, "mPa", "Pa"), Some(0.005));
        assert_eq!(convert(5.0, "MPA", "mPa"), Some(5e9));
        assert_eq!(convert(5.0, "KPA", "Pa"), Some(5000.0));
        assert_eq!(convert(300.0, "K", "°C"), Some(26.85));
        assert_eq!(convert(5.0, "MBAR", "mbar"), Some(5.0));
        assert_eq!(convert(5.0, "M/S", "m/s"), Some(5.0));
        assert_eq!(convert(5.0, "DegC", "CELSIUS"), Some(5.0));
        for text in ["mpa", "MV", "MA", "M", "k", "G", "Mbar", "MG", "Mg"] {
            assert_eq!(find(text), None, "{text}");
        }
        assert!(is_same("BAR", "bar") && is_same("Counts", "counts"));
        assert!(!is_same("MW", "mW") && !is_same("MV", "mV"));
    }
}
