//! Recordings for the models of the committed recipes: made up ones that are as
//! those of training are, real ones from their windows, and what may be wrong with
//! either.

use std::fmt::Write;

/// The windows of a recording, and how its file is written.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The recipe whose model it is for.
    pub recipe: &'static str,
    /// Windows, of each its channels, of each its samples.
    pub windows: Vec<Vec<Vec<f64>>>,
    /// Seconds from one reading to the next, where the file has times.
    pub step_s: f64,
    /// What stands behind the title of a channel, where channels have one.
    pub title: &'static str,
    /// What stands between fields.
    pub delimiter: char,
}

/// What is wrong with a recording, and by which names it may be found.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// In words.
    pub what: String,
    /// The recording.
    pub recorded: Recorded,
    /// The findings of which one must be there.
    pub named: &'static [&'static str],
}

/// A seeded source of noise; it needs no more than to look uneven.
struct Noise(u64);

impl Noise {
    /// Even between -1 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
    }
}

impl Recorded {
    /// A recording with these windows.
    #[must_use]
    pub fn new(recipe: &'static str, windows: Vec<Vec<Vec<f64>>>) -> Self {
        Self {
            recipe,
            windows,
            step_s: 60.0,
            title: "",
            delimiter: ',',
        }
    }

    /// One that is made up and is as those of training are: `count` windows.
    ///
    /// # Panics
    /// For a recipe that is none of [`crate::trained::RECIPES`].
    #[must_use]
    pub fn made_up(recipe: &'static str, count: usize, seed: u64) -> Self {
        let mut noise = Noise(seed.wrapping_mul(0x9e37_79b9).wrapping_add(12_345));
        (0..8).for_each(|_| {
            noise.next();
        });
        let windows = (0..count).map(|at| match recipe {
            "gesture" => vec![gesture(at, &mut noise)],
            "breathing" => vec![breathing(at, &mut noise)],
            "occupancy" => vec![vec![office(at, &mut noise)]],
            "localisation" => place(at, &mut noise),
            other => panic!("no recordings are made up for {other}"),
        });
        Self::new(recipe, windows.collect())
    }

    /// The same with its samples changed, those of each channel by its index.
    #[must_use]
    pub fn map(&self, change: impl Fn(usize, f64) -> f64) -> Self {
        let mut changed = self.clone();
        for window in &mut changed.windows {
            for (at, channel) in window.iter_mut().enumerate() {
                channel
                    .iter_mut()
                    .for_each(|sample| *sample = change(at, *sample));
            }
        }
        changed
    }

    /// The same with windows of so many times the samples.
    #[must_use]
    pub fn stretched(&self, times: f64) -> Self {
        let mut changed = self.clone();
        for channel in changed.windows.iter_mut().flatten() {
            let points = (channel.len() as f64 * times).round() as usize;
            let sample = |at: usize| {
                let position = at as f64 * (channel.len() - 1) as f64 / (points - 1) as f64;
                let (left, share) = (position.floor() as usize, position.fract());
                let right = (left + 1).min(channel.len() - 1);
                channel[left] + (channel[right] - channel[left]) * share
            };
            *channel = (0..points).map(sample).collect();
        }
        changed
    }

    /// The same with these channels in the place of its own.
    #[must_use]
    pub fn exchanged(&self, order: &[usize]) -> Self {
        let mut changed = self.clone();
        for (window, before) in changed.windows.iter_mut().zip(&self.windows) {
            *window = order.iter().map(|&at| before[at].clone()).collect();
        }
        changed
    }

    /// The windows of a range, wherever it ends.
    #[must_use]
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        let end = range.end.min(self.windows.len());
        let windows = self.windows[range.start.min(end)..end].to_vec();
        Self {
            windows,
            ..self.clone()
        }
    }

    /// The file.
    ///
    /// # Panics
    /// For another recipe than those of [`crate::trained::RECIPES`].
    #[must_use]
    pub fn csv(&self) -> String {
        let d = self.delimiter;
        let list = |samples: &[f64], between: &str| {
            let texts: Vec<String> = samples.iter().map(|sample| format!("{sample}")).collect();
            texts.join(between)
        };
        let mut text = match self.recipe {
            "occupancy" => format!("\"date\"{d}\"Light{}\"{d}\"Humidity\"\n", self.title),
            _ => format!("input{d}note\n"),
        };
        for (at, window) in self.windows.iter().enumerate() {
            let row = match self.recipe {
                "gesture" => format!(
                    "\"Proximity: [{}]\nRed: [{}]\"{d}x",
                    list(&window[0], ", "),
                    list(
                        &window[0]
                            .iter()
                            .map(|x| (x / 4.0).round())
                            .collect::<Vec<_>>(),
                        ", "
                    )
                ),
                "breathing" => format!("{}{d}x", list(&window[0], " ")),
                "localisation" => {
                    let all: Vec<f64> = window.iter().map(|channel| channel[0]).collect();
                    format!("\"1004.4,62.5,25.1,52.3,{}\"{d}x", list(&all, ","))
                }
                "occupancy" => {
                    let seconds = (at as f64 * self.step_s).round() as u64;
                    let (day, rest) = (seconds / 86_400, seconds % 86_400);
                    format!(
                        "2015-02-{:02} {:02}:{:02}:{:02}{d}{}{d}27.5",
                        1 + day % 28,
                        rest / 3600,
                        rest / 60 % 60,
                        rest % 60,
                        window[0][0]
                    )
                }
                other => panic!("no recording is written for {other}"),
            };
            let _ = writeln!(text, "{row}");
        }
        text
    }

    /// Ten ways in which it may be wrong.
    ///
    /// # Panics
    /// For another recipe than those of [`crate::trained::RECIPES`].
    #[must_use]
    pub fn wrong(&self) -> Vec<Wrong> {
        const UNIT: &[&str] = &["converted", "outside", "level", "rare"];
        const OUTSIDE: &[&str] = &["outside", "converted", "level"];
        const STILL: &[&str] = &["constant"];
        const EXCHANGED: &[&str] = &["exchanged"];
        const RATE: &[&str] = &["rate", "length", "pace", "refused"];
        let wrong = |what: &str, recorded: Self, named| Wrong {
            what: what.to_owned(),
            recorded,
            named,
        };
        let mut cases = vec![
            wrong("times 1.8 plus 32", self.map(|_, x| x * 1.8 + 32.0), UNIT),
            wrong("times 1000", self.map(|_, x| x * 1000.0), UNIT),
            wrong("plus 5000", self.map(|_, x| x + 5000.0), OUTSIDE),
            wrong("below zero", self.map(|_, x| -x - 1000.0), OUTSIDE),
        ];
        cases.extend(match self.recipe {
            "gesture" => vec![
                wrong("in thousandths", self.map(|_, x| x / 1000.0), UNIT),
                wrong("all 254", self.map(|_, _| 254.0), STILL),
                wrong("all 0", self.map(|_, _| 0.0), STILL),
                wrong("twice the samples", self.stretched(2.0), RATE),
                wrong("half of the samples", self.stretched(0.5), RATE),
                wrong("a tenth of the samples", self.stretched(0.1), RATE),
            ],
            "breathing" => vec![
                wrong("in thousandths", self.map(|_, x| x / 1000.0), UNIT),
                wrong("all 50", self.map(|_, _| 50.0), STILL),
                wrong("all 0", self.map(|_, _| 0.0), STILL),
                wrong("twice the samples", self.stretched(2.0), RATE),
                wrong("half of the samples", self.stretched(0.5), RATE),
                wrong("a tenth of the samples", self.stretched(0.1), RATE),
            ],
            "occupancy" => {
                let every = |step_s| Self {
                    step_s,
                    ..self.clone()
                };
                let titled = |title| Self {
                    title,
                    ..self.clone()
                };
                vec![
                    wrong("all 32", self.map(|_, _| 32.0), STILL),
                    wrong("all 450", self.map(|_, _| 450.0), STILL),
                    wrong("every second", every(1.0), RATE),
                    wrong("every hour", every(3600.0), RATE),
                    wrong("degrees in the header", titled(" (°C)"), &["refused"]),
                    wrong("pressure in the header", titled(" (hPa)"), &["refused"]),
                ]
            }
            "localisation" => {
                let still = |channel| self.map(move |at, x| if at == channel { 20.0 } else { x });
                vec![
                    wrong(
                        "red and light exchanged",
                        self.exchanged(&[3, 1, 2, 0]),
                        EXCHANGED,
                    ),
                    wrong(
                        "red and blue exchanged",
                        self.exchanged(&[2, 1, 0, 3]),
                        EXCHANGED,
                    ),
                    wrong(
                        "red and green exchanged",
                        self.exchanged(&[1, 0, 2, 3]),
                        EXCHANGED,
                    ),
                    wrong(
                        "green and light exchanged",
                        self.exchanged(&[0, 3, 2, 1]),
                        EXCHANGED,
                    ),
                    wrong("red stands still", still(0), STILL),
                    wrong("blue stands still", still(2), STILL),
                ]
            }
            other => panic!("nothing is wrong with recordings for {other}"),
        });
        cases
    }
}

/// A hand in front of a proximity sensor: dips of 255, once, twice or for long.
fn gesture(at: usize, noise: &mut Noise) -> Vec<f64> {
    let begin = 14.0 + 5.0 * noise.next();
    let depth = 140.0 + 90.0 * noise.next();
    let dips: &[(f64, f64)] = match at % 3 {
        0 => &[(0.0, 5.0)],
        1 => &[(0.0, 3.5), (9.0, 3.5)],
        _ => &[(4.0, 21.0)],
    };
    let sample = |index: i32| {
        let inside = |(from, long): &(f64, f64)| {
            let from = begin + from;
            (from..from + long).contains(&f64::from(index))
        };
        if dips.iter().any(inside) { depth } else { 0.0 }
    };
    (0..50)
        .map(|index| {
            (254.0 - sample(index) + 1.2 * noise.next())
                .round()
                .clamp(0.0, 255.0)
        })
        .collect()
}

/// Half a minute of a breathing chest: 477 samples at 15.9 Hz.
fn breathing(at: usize, noise: &mut Noise) -> Vec<f64> {
    let cpm = 8.0 + 3.0 * (at % 5) as f64 + noise.next();
    let (size, middle) = (30.0 + 5.0 * noise.next(), 52.0 + 5.0 * noise.next());
    (0..477)
        .map(|index| {
            let cycles = cpm / 60.0 * f64::from(index) / 15.9;
            let swing = (std::f64::consts::TAU * cycles).sin();
            (middle + size * swing + 4.0 * noise.next()).round()
        })
        .collect()
}

/// The light in an office, minute after minute from 6 in the morning.
fn office(at: usize, noise: &mut Noise) -> f64 {
    let minute = (at + 360) % 1440;
    let daylight = match minute {
        0..435 | 1110.. => 0.0,
        435..1110 => {
            let noon = 1.0 - ((minute as f64 - 772.0) / 338.0).powi(2);
            80.0 * noon.max(0.0) + 3.0
        }
    };
    let lamps = if (500..1085).contains(&minute) {
        360.0
    } else {
        0.0
    };
    match daylight + lamps > 0.0 {
        true => ((daylight + lamps + 6.0 * noise.next()) * 4.0).round() / 4.0,
        false => 0.0,
    }
}

/// Red, green, blue and brightness where a robot is.
fn place(at: usize, noise: &mut Noise) -> Vec<Vec<f64>> {
    let [red, green, blue, light] = match at / 4 % 3 {
        0 => [8.0, 6.0, 5.0, 200.0],
        1 => [24.0, 17.0, 14.0, 219.0],
        _ => [120.0, 78.0, 57.0, 480.0],
    };
    let bright = 1.0 + 0.06 * noise.next();
    let of = |value: f64| vec![(value * bright).round()];
    vec![
        of(red),
        of(green),
        of(blue),
        vec![(light * bright + 8.0 * noise.next()).round()],
    ]
}
