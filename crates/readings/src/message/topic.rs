//! Which channel a topic is of.

use alloc::string::String;

use super::fields::Fields;
use super::rows::channel_of;
use crate::{Problem, quote};

/// What gateways put behind the name of what they publish: the value itself.
const ENDINGS: [&str; 2] = ["state", "value"];

/// The channel whose name ends a topic, or stands in front of `state` or
/// `value` at its end, as in `node/sensor/temperature/state`, and the unit that
/// the name has.
///
/// # Errors
/// [`Problem::TwoChannels`] where the topic ends in two.
pub(super) fn channel_of_topic<'t>(
    fields: &Fields,
    topic: &'t str,
) -> Result<Option<(usize, &'t str)>, Problem> {
    let mut found = ending(fields, topic, topic, None)?;
    if let Some((front, last)) = topic.rsplit_once('/')
        && ENDINGS.iter().any(|known| last.eq_ignore_ascii_case(known))
    {
        found = ending(fields, topic, front, found)?;
    }
    Ok(found)
}

fn ending<'t>(
    fields: &Fields,
    topic: &str,
    part: &'t str,
    mut found: Option<(usize, &'t str)>,
) -> Result<Option<(usize, &'t str)>, Problem> {
    // A channel's name may have slashes itself.
    let starts = part.match_indices('/').map(|(at, _)| at + 1);
    for start in starts.chain([0]) {
        let name = part.get(start..).unwrap_or_default();
        let Some((channel, unit)) = channel_of(fields, name) else {
            continue;
        };
        match found {
            Some((other, _)) if other != channel => {
                return Err(Problem::TwoChannels {
                    topic: quote(topic),
                    one: quote(fields.path_of(other)),
                    other: quote(fields.path_of(channel)),
                });
            }
            _ => found = Some((channel, unit)),
        }
    }
    Ok(found)
}

/// Whether somebody asked for just this topic and nothing else, and so knows
/// what comes under it.
pub(super) fn is_the_only(topics: &[String], topic: &str) -> bool {
    matches!(topics, [only] if only == topic)
}

#[cfg(test)]
mod tests {
    use super::channel_of_topic;
    use crate::Problem;
    use crate::message::fields::Fields;
    use crate::message::{Channel, Format};

    fn fields(names: &[&str]) -> Fields {
        let channel = |name: &&str| Channel {
            name: (*name).into(),
            unit: "".into(),
        };
        let channels: alloc::vec::Vec<_> = names.iter().map(channel).collect();
        Fields::new(&channels, &Format::default())
    }

    #[test]
    fn the_end_of_a_topic_names_its_channel() {
        let fields = fields(&["temp", "hum", "bme/press"]);
        for (topic, channel) in [
            ("temp", Some(0)),
            ("pump/7/temp", Some(0)),
            ("pump/7/Hum", Some(1)),
            ("pump/bme/press", Some(2)),
            ("pump/press", None),
            ("node/sensor/temp/state", Some(0)),
            ("node/hum/value", Some(1)),
            ("node/temp/set", None),
            ("temp/battery", None),
            ("room_temp", None),
            ("", None),
            ("/", None),
        ] {
            let channel = channel.map(|channel| (channel, ""));
            assert_eq!(channel_of_topic(&fields, topic), Ok(channel), "{topic}");
        }
    }

    #[test]
    fn two_channels_are_refused() {
        let fields = fields(&["state", "temp", "a/temp"]);
        assert_eq!(channel_of_topic(&fields, "x/state"), Ok(Some((0, ""))));
        for topic in ["x/temp/state", "x/a/temp"] {
            let found = channel_of_topic(&fields, topic);
            assert!(matches!(found, Err(Problem::TwoChannels { .. })), "{topic}");
        }
    }
}
