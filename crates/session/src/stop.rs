//! Finding stop strings in a text that arrives in pieces.

/// Passes text on, except what is or may become a stop string.
#[derive(Clone, Debug)]
pub(crate) struct StopMatcher<'a> {
    stops: &'a [String],
    /// Text that may be the beginning of a stop string.
    held: String,
}

/// What a piece of text came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passed<'a> {
    /// Text that is certain now.
    pub(crate) text: String,
    /// The stop string that was found behind it.
    pub(crate) stop: Option<&'a str>,
}

impl<'a> StopMatcher<'a> {
    pub(crate) fn new(stops: &'a [String]) -> Self {
        Self {
            stops,
            held: String::new(),
        }
    }

    /// Takes a piece. After a stop string was found nothing more is held.
    pub(crate) fn push(&mut self, piece: &str) -> Passed<'a> {
        self.held.push_str(piece);
        let found = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop.as_str()).map(|at| (at, stop.as_str())))
            .min_by_key(|&(at, stop)| (at, stop.len()));
        if let Some((at, stop)) = found {
            let mut text = std::mem::take(&mut self.held);
            text.truncate(at);
            return Passed {
                text,
                stop: Some(stop),
            };
        }
        let kept = self.held.split_off(self.held.len() - self.uncertain());
        Passed {
            text: std::mem::replace(&mut self.held, kept),
            stop: None,
        }
    }

    /// Ends the text: what was held is text after all.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Bytes at the end of the held text that begin a stop string. They begin
    /// at a character: both texts are whole characters.
    fn uncertain(&self) -> usize {
        let begun = |stop: &String| {
            let ends = stop.char_indices().map(|(at, _)| at);
            ends.filter(|&len| self.held.ends_with(&stop[..len])).max()
        };
        self.stops.iter().filter_map(begun).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (Vec<String>, Option<String>) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let mut matcher = StopMatcher::new(&stops);
        let mut passed = Vec::new();
        for piece in pieces {
            let Passed { text, stop } = matcher.push(piece);
            passed.push(text);
            if let Some(stop) = stop {
                return (passed, Some(stop.to_string()));
            }
        }
        passed.push(matcher.finish());
        (passed, None)
    }

    #[test]
    fn a_stop_string_over_several_pieces_never_leaks() {
        let (passed, stop) = run(&["\n\nEND"], &["all well\n", "\nE", "ND more"]);
        assert_eq!(passed.concat(), "all well");
        assert_eq!(stop.as_deref(), Some("\n\nEND"));
    }

    #[test]
    fn what_turns_out_otherwise_is_passed_on_late() {
        let (passed, stop) = run(&["abc"], &["xab", "ab", "d"]);
        assert_eq!(passed, ["x", "ab", "abd", ""]);
        assert_eq!(stop, None);
        let (passed, _) = run(&["abc"], &["ab"]);
        assert_eq!(passed, ["", "ab"]);
    }

    #[test]
    fn the_earliest_wins_and_characters_stay_whole() {
        let (passed, stop) = run(&["°F", "C", "°C"], &["21 °", "C"]);
        assert_eq!(
            (passed.concat(), stop.as_deref()),
            ("21 ".into(), Some("°C"))
        );
    }
}
