//! What a pump can be suffering from.

/// The condition of a pump, which is the label of its readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// It runs as it should, at whatever load.
    Normal,
    /// Vapour bubbles collapse in the impeller, because the liquid is too hot
    /// or its pressure at the inlet too low.
    Cavitation,
    /// A bearing is worn: it shakes and gets warm.
    BearingWear,
    /// The filter before the inlet is blocked.
    BlockedFilter,
    /// Air takes the place of the liquid.
    DryRunning,
    /// The pump is well, one of its sensors is not.
    SensorDropout,
}

impl Condition {
    /// All of them, in the order of the labels.
    pub const ALL: [Self; 6] = [
        Self::Normal,
        Self::Cavitation,
        Self::BearingWear,
        Self::BlockedFilter,
        Self::DryRunning,
        Self::SensorDropout,
    ];

    /// The text of the label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Cavitation => "cavitation",
            Self::BearingWear => "bearing wear",
            Self::BlockedFilter => "blocked filter",
            Self::DryRunning => "dry running",
            Self::SensorDropout => "sensor dropout",
        }
    }

    /// The condition with this label.
    #[must_use]
    pub fn of_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.label() == label)
    }
}
