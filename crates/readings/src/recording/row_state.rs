//! What became of a row, as a number that crosses from one module to another.

use crate::Refusal;

/// What became of a row of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// It was read.
    Read,
    /// It could not be.
    LeftOut,
    /// It is the header once more.
    Header,
    /// It could not be read, for what is not that of the model.
    Refused(Refusal),
}

impl RowState {
    /// Its number: 0, 1 and 2 in the order above, then a number for each refusal.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Read => 0,
            Self::LeftOut => 1,
            Self::Header => 2,
            Self::Refused(refusal) => 3 + refusal as u8,
        }
    }

    /// The one of a number, or `None` where there is none.
    #[must_use]
    pub fn of(code: u8) -> Option<Self> {
        let refused = Refusal::ALL.map(Self::Refused);
        [Self::Read, Self::LeftOut, Self::Header]
            .into_iter()
            .chain(refused)
            .find(|state| state.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::RowState;

    #[test]
    fn every_number_is_one_state_and_comes_back() {
        let known: alloc::vec::Vec<u8> = (0..=u8::MAX)
            .filter_map(|code| RowState::of(code).map(|state| (code, state)))
            .map(|(code, state)| {
                assert_eq!(state.code(), code);
                code
            })
            .collect();
        assert_eq!(known, [0, 1, 2, 3, 4, 5, 6]);
    }
}
