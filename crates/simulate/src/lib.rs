//! A seeded, physically plausible pump simulator.
