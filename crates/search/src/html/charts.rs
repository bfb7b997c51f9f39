//! Charts as SVG inside the page. Their words are short and large, since a phone
//! shows them at the width that they are drawn for; what they show is said in
//! figures, too, beside them or for those who listen.

use super::scale::Scale;
use super::text::{Escaped, Figures, trimmed};

/// Width and height of a chart, and where its axes are.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 236.0;
const LEFT: f64 = 58.0;
const TOP: f64 = 14.0;
const RIGHT: f64 = 24.0;
const BOTTOM: f64 = 46.0;
/// The side of what compares two numbers on one scale.
const SQUARE: f64 = 320.0;
/// Channels of a window that are drawn.
pub(super) const MOST_LANES: usize = 8;
/// Width and height of one channel's line.
const LANE: (f64, f64) = (300.0, 40.0);

/// The figure against how much there was to learn from, which is spaced by doubling.
pub(super) fn learning(points: &[(usize, f64)], figures: Figures<'_>) -> String {
    let scale = Scale::of(points.iter().map(|(_, value)| *value), figures.is_number);
    let logs: Vec<f64> = points
        .iter()
        .map(|(count, _)| (*count as f64).max(1.0).ln())
        .collect();
    let first = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let last = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let x_of = |log: f64| {
        let share = if last > first {
            (log - first) / (last - first)
        } else {
            0.5
        };
        LEFT + 14.0 + share * (WIDTH - LEFT - RIGHT - 28.0)
    };
    let y_of = |value: f64| HEIGHT - BOTTOM - scale.at(value) * (HEIGHT - BOTTOM - TOP);
    let said = points
        .iter()
        .map(|(count, value)| format!("{count}: {}", figures.show(*value)));
    let mut svg = opened(
        WIDTH,
        HEIGHT,
        &format!(
            "The figure by how many windows were learned from. {}",
            said.collect::<Vec<_>>().join(", ")
        ),
    );
    for tick in scale.ticks() {
        let y = y_of(tick);
        svg += &format!(
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             class=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            figures.tick(tick)
        );
    }
    let mut path = String::new();
    let mut marks = String::new();
    for ((count, value), log) in points.iter().zip(&logs) {
        let x = x_of(*log);
        svg += &format!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" class=\"middle\">{count}</text>",
            HEIGHT - BOTTOM + 18.0
        );
        if value.is_finite() {
            let y = y_of(*value);
            path += &format!("{}{x:.1} {y:.1}", if path.is_empty() { 'M' } else { 'L' });
            marks += &format!("<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>");
        }
    }
    svg += &format!("<path class=\"line\" d=\"{path}\"/>{marks}");
    svg += &format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" class=\"middle\">windows to learn from</text></svg>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 6.0
    );
    svg
}

/// Pairs on one scale, where on the diagonal both are the same. A pair's third is
/// the radius of its mark.
pub(super) fn pairs(
    points: &[(f64, f64, f64)],
    scale: Scale,
    tick_text: impl Fn(f64) -> String,
    [across, up]: [&str; 2],
    said: &str,
) -> String {
    let Scale { low, high } = scale;
    let x_of = |value: f64| LEFT + scale.at(value) * (SQUARE - LEFT - RIGHT);
    let y_of = |value: f64| SQUARE - BOTTOM - scale.at(value) * (SQUARE - BOTTOM - TOP);
    let mut svg = opened(SQUARE, SQUARE, said);
    for tick in scale.ticks() {
        let (x, y) = (x_of(tick), y_of(tick));
        svg += &format!(
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{:.1}M{x:.1} {TOP}V{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" class=\"end\">{tick}</text>\
             <text x=\"{x:.1}\" y=\"{:.1}\" class=\"middle\">{tick}</text>",
            SQUARE - RIGHT,
            SQUARE - BOTTOM,
            LEFT - 8.0,
            y + 4.0,
            SQUARE - BOTTOM + 18.0,
            tick = tick_text(tick)
        );
    }
    svg += &format!(
        "<path class=\"even\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
        x_of(low),
        y_of(low),
        x_of(high),
        y_of(high)
    );
    for (x, y, radius) in points {
        if x.is_finite() && y.is_finite() {
            svg += &format!(
                "<circle class=\"pair\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\"/>",
                x_of(*x),
                y_of(*y)
            );
        }
    }
    let middle = (LEFT + SQUARE - RIGHT) / 2.0;
    svg += &format!(
        "<text x=\"{middle:.1}\" y=\"{:.1}\" class=\"middle\">{across}</text>\
         <text class=\"middle\" transform=\"translate(13 {:.1}) rotate(-90)\">{up}</text></svg>",
        SQUARE - 6.0,
        (TOP + SQUARE - BOTTOM) / 2.0
    );
    svg
}

/// The samples of one channel, as wide as there is room. A missing one is a hole.
pub(super) fn lane(samples: &[f64], hue: usize, said: &str) -> String {
    let known = || samples.iter().copied().filter(|value| value.is_finite());
    let low = known().fold(f64::INFINITY, f64::min);
    let high = known().fold(f64::NEG_INFINITY, f64::max);
    let (width, height) = LANE;
    let step = width / samples.len().saturating_sub(1).max(1) as f64;
    let mut path = String::new();
    let mut goes_on = false;
    for (at, value) in samples.iter().enumerate() {
        if !value.is_finite() {
            goes_on = false;
            continue;
        }
        // By halves, since the whole range may be more than a number can hold.
        let range = high / 2.0 - low / 2.0;
        let share = if range > 0.0 {
            (value / 2.0 - low / 2.0) / range
        } else {
            0.5
        };
        let (x, y) = (at as f64 * step, height - 3.0 - share * (height - 6.0));
        path += &format!("{}{x:.1} {y:.1}", if goes_on { 'L' } else { 'M' });
        if !goes_on {
            // A sample between two holes is a dot.
            path += "h.1";
        }
        goes_on = true;
    }
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-label=\"{}\"><path class=\"trace\" style=\"stroke:var(--hue-{})\" d=\"{path}\"/></svg>",
        Escaped(said),
        hue % MOST_LANES
    )
}

/// How many fall between values, and values that are marked with a word each.
pub(super) fn histogram(
    bins: &[(f64, f64, usize)],
    marks: &[(f64, &str)],
    [across, up]: [&str; 2],
    said: &str,
) -> String {
    let ends = bins.iter().flat_map(|(from, to, _)| [*from, *to]);
    let all: Vec<f64> = ends.chain(marks.iter().map(|(at, _)| *at)).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let scale = Scale::around(low, high);
    let most = bins.iter().map(|bin| bin.2).max().unwrap_or(1).max(1) as f64;
    let x_of = |value: f64| LEFT + scale.at(value) * (WIDTH - LEFT - RIGHT);
    let bottom = HEIGHT - BOTTOM;
    let y_of = |count: f64| bottom - count / most * (bottom - TOP - 16.0);
    let mut svg = opened(WIDTH, HEIGHT, said);
    for tick in scale.ticks() {
        let x = x_of(tick);
        svg += &format!(
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom:.1}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" class=\"middle\">{}</text>",
            bottom + 18.0,
            trimmed(tick)
        );
    }
    for (from, to, count) in bins {
        let (left, right, top) = (x_of(*from), x_of(*to), y_of(*count as f64));
        svg += &format!(
            "<path class=\"column\" d=\"M{left:.1} {bottom:.1}V{top:.1}H{right:.1}V{bottom:.1}Z\"/>"
        );
    }
    for (at, word) in marks {
        let x = x_of(*at);
        svg += &format!(
            "<path class=\"even\" d=\"M{x:.1} {TOP}V{bottom:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" class=\"end\">{word}</text>",
            x - 6.0,
            TOP + 10.0
        );
    }
    svg += &format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" class=\"middle\">{across}</text>\
         <text class=\"middle\" transform=\"translate(30 {:.1}) rotate(-90)\">{up}</text></svg>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 6.0,
        (TOP + bottom) / 2.0
    );
    svg
}

fn opened(width: f64, height: f64, said: &str) -> String {
    format!(
        "<svg class=\"chart\" style=\"max-width:{:.0}px\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{}\">",
        1.15 * width,
        Escaped(said)
    )
}
