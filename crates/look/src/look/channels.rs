//! The channels of recordings, wherever their samples are.

use senselm_sensor::Source;

use super::Looking;
use crate::note::Note;
use crate::rows::Rows;
use crate::seen::SeenChannel;
use crate::spread::Spread;
use crate::title;

impl Looking<'_> {
    /// The channels whose samples have a column each.
    pub(super) fn side_by_side(&mut self) -> Vec<SeenChannel> {
        let mut channels = Vec::new();
        let Some(windows) = &self.survey.windows else {
            return channels;
        };
        for channel in &windows.channels {
            let unit = title::split_unit(&channel.first).1;
            let source = channel.source.clone();
            let title = match channel.title.as_str() {
                "" => "value",
                title => title,
            };
            let seen = seen_channel(title, unit, source, &channel.spread, &channels);
            channels.push(seen);
        }
        if windows.odd > 0 {
            self.notes.push(Note::OddSamples {
                cells: windows.odd,
                text: windows.odd_text.clone(),
            });
        }
        channels
    }

    /// The channels that have a column of lists each.
    pub(super) fn lists(&self) -> Vec<SeenChannel> {
        let mut channels = Vec::new();
        for &at in &self.roles.lists {
            let column = self.column(at);
            let unit = title::split_unit(&column.title).1;
            for listed in column.lists.arrays.iter().take(1) {
                let source = self.source(at);
                let seen = seen_channel(&column.title, unit, source, &listed.spread, &channels);
                channels.push(seen);
            }
        }
        channels
    }

    /// The channels that have a column of their own.
    pub(super) fn channels(&mut self) -> Vec<SeenChannel> {
        let mut channels: Vec<SeenChannel> = Vec::new();
        let mut notes = Vec::new();
        for &at in &self.roles.channels {
            let column = self.column(at);
            if column.odd > 0 {
                notes.push(Note::OddCells {
                    column: column.title.clone(),
                    cells: column.odd,
                    text: column.odd_text.clone(),
                });
            }
            let unit = match title::split_unit(&column.title).1 {
                "" => column.unit.map_or("", |unit| unit.name()),
                unit => unit,
            };
            let source = self.source(at);
            let channel = seen_channel(&column.title, unit, source, &column.spread, &channels);
            channels.push(channel);
        }
        self.notes.extend(notes);
        channels
    }

    /// The channels that are in the lists of one column.
    pub(super) fn listed(&self, at: usize, rows: &Rows) -> Vec<SeenChannel> {
        let column = self.column(at);
        let mut channels = Vec::new();
        if matches!(rows, Rows::ListOfReadings) {
            for (position, spread) in column.lists.positions.iter().enumerate() {
                let name = format!("{} {position}", column.title);
                let source = Source::Index(position);
                let channel = seen_channel(&name, "", source, spread, &channels);
                channels.push(channel);
            }
            return channels;
        }
        for (position, listed) in column.lists.arrays.iter().enumerate() {
            let alone = column.lists.arrays.len() == 1;
            let (name, source) = match (listed.name.as_str(), alone) {
                ("", true) => (column.title.clone(), Source::Index(position)),
                ("", false) => (
                    format!("{} {position}", column.title),
                    Source::Index(position),
                ),
                (name, _) => (name.to_owned(), Source::Name(name.to_owned())),
            };
            let unit = title::split_unit(&name).1.to_owned();
            let channel = seen_channel(&name, &unit, source, &listed.spread, &channels);
            channels.push(channel);
        }
        channels
    }
}

fn seen_channel(
    title: &str,
    unit: &str,
    source: Source,
    spread: &Spread,
    before: &[SeenChannel],
) -> SeenChannel {
    let taken: Vec<String> = before.iter().map(|channel| channel.name.clone()).collect();
    let sentinels = spread.sentinels();
    SeenChannel {
        name: title::name(title, &taken),
        title: title.to_owned(),
        source,
        unit: unit.to_owned(),
        quantiles: spread.quantiles(&sentinels),
        missing_share: spread.missing_share(),
        missing_values: Vec::new(),
        sentinels,
        constant: spread.is_constant(),
    }
}
