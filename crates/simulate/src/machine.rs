//! One pump and its piping: sizes, and the equations of a steady state.
//!
//! Heads are in metres of liquid, flows in m3/h.

use senselm_sensor::rng::Rng;

/// Density of water, kg/m3, times gravity, m/s2, over Pa in a bar: bar for
/// each metre of head.
pub(crate) const BAR_PER_METRE: f64 = 998.0 * 9.81 / 1e5;
/// The head of one atmosphere.
const ATMOSPHERE_M: f64 = 10.33;
/// The head at which water of 20 C boils.
const COLD_VAPOUR_M: f64 = 0.24;

/// A pump with its piping, motor and bearing.
///
/// # Source
/// Pump curve `H = s^2 H0 - a Q^2` at relative speed s, system curve
/// `H = Hs + k Q^2`, affinity laws, hydraulic power `rho g Q H / eta` and the
/// net positive suction head: Karassik et al., "Pump Handbook", chapter 2; the
/// efficiency parabola through the best point is the usual approximation.
/// `NPSHr` is by definition (ISO 9906) where the head has dropped by 3 %. The
/// current of an induction motor is its magnetising and its active component
/// at right angles.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Head at zero flow and full speed, m.
    pub shutoff_head_m: f64,
    /// Loss of head in the pump for each (m3/h)^2.
    pub curve: f64,
    /// Flow of the best efficiency at full speed, m3/h.
    pub best_flow: f64,
    /// The best efficiency.
    pub best_efficiency: f64,
    /// Level of the liquid above the inlet, m.
    pub inlet_level_m: f64,
    /// Level of the outlet above the pump, m.
    pub outlet_level_m: f64,
    /// Loss of head in the inlet pipe with a clean filter, m for each (m3/h)^2.
    pub inlet_loss: f64,
    /// Loss of head in the outlet pipe with the valve in its usual place.
    pub outlet_loss: f64,
    /// Net positive suction head required at the best flow, m.
    pub npsh_required_m: f64,
    /// Vibration at full speed and best flow, mm/s RMS.
    pub vibration: f64,
    /// How much warmer than the air the bearing gets, C.
    pub bearing_rise_c: f64,
    /// Time constant of the bearing's temperature, s.
    pub bearing_lag_s: f64,
    /// Losses of bearings, seal and fan, kW.
    pub friction_kw: f64,
    /// Magnetising current of the motor, A.
    pub magnetising_a: f64,
    /// Active current for each kW at the shaft, A.
    pub active_a_per_kw: f64,
}

/// What the inlet offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suction {
    /// Change of the liquid's level against the usual one, m.
    pub level_m: f64,
    /// The filter's loss in units of that of the clean inlet pipe.
    pub blockage: f64,
    /// Head at which the liquid boils, m.
    pub vapour_m: f64,
    /// Share of liquid in what the pump sucks, 0 to 1.
    pub liquid: f64,
}

impl Default for Suction {
    fn default() -> Self {
        Self {
            level_m: 0.0,
            blockage: 0.0,
            vapour_m: COLD_VAPOUR_M,
            liquid: 1.0,
        }
    }
}

/// Where pump and piping are in balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// Flow, m3/h.
    pub flow: f64,
    /// Pressure at the inlet, bar above the air's.
    pub suction_bar: f64,
    /// Pressure at the outlet, bar above the air's.
    pub discharge_bar: f64,
    /// Power at the shaft, kW.
    pub shaft_kw: f64,
    /// Net positive suction head beyond what is required, m.
    pub npsh_margin_m: f64,
}

impl Machine {
    /// A machine of about 60 m3/h at 32 m and 8 kW; every one is a little
    /// different.
    #[must_use]
    pub fn new(rng: &mut Rng) -> Self {
        let mut about = |value: f64, spread: f64| value * (1.0 + spread * rng.between(-1.0, 1.0));
        let shutoff_head_m = about(42.0, 0.06);
        let best_flow = about(60.0, 0.08);
        let best_head_m = shutoff_head_m * about(0.76, 0.03);
        let inlet_level_m = about(4.0, 0.25);
        let outlet_level_m = about(14.0, 0.15);
        let inlet_loss = about(1.0, 0.2) / (best_flow * best_flow);
        let loss_m =
            best_head_m - outlet_level_m + inlet_level_m - inlet_loss * best_flow * best_flow;
        Self {
            shutoff_head_m,
            curve: (shutoff_head_m - best_head_m) / (best_flow * best_flow),
            best_flow,
            best_efficiency: about(0.71, 0.04),
            inlet_level_m,
            outlet_level_m,
            inlet_loss,
            outlet_loss: loss_m / (best_flow * best_flow) * about(1.0, 0.08),
            npsh_required_m: about(3.0, 0.15),
            vibration: about(1.5, 0.35),
            bearing_rise_c: about(24.0, 0.2),
            bearing_lag_s: about(700.0, 0.25),
            friction_kw: about(0.4, 0.2),
            magnetising_a: about(5.2, 0.1),
            // sqrt(3) * 400 V * 0.9 of motor efficiency.
            active_a_per_kw: 1_000.0 / (1.732 * 400.0 * about(0.9, 0.02)),
        }
    }

    /// The balance of pump and piping at a relative speed, with the outlet
    /// valve's loss in units of the usual one and the pump's head multiplied
    /// by `head_factor`, which is below 1 where it cavitates.
    #[must_use]
    pub fn operating_point(
        &self,
        speed: f64,
        valve: f64,
        suction: Suction,
        head_factor: f64,
    ) -> OperatingPoint {
        // A pump makes head, not pressure: of a mixture with air it makes the
        // same head, which is less pressure, and air spoils the head as well.
        let factor = head_factor * suction.liquid * suction.liquid;
        let level_m = (self.inlet_level_m + suction.level_m) * suction.liquid;
        let inlet_loss = self.inlet_loss * (1.0 + suction.blockage);
        let drive_m = level_m + factor * speed * speed * self.shutoff_head_m - self.outlet_level_m;
        let loss = inlet_loss + factor * self.curve + valve * self.outlet_loss;
        // The check valve keeps the liquid from running back.
        let flow = libm::sqrt((drive_m / loss).max(0.0));
        let head_m = factor * (speed * speed * self.shutoff_head_m - self.curve * flow * flow);
        let suction_m = level_m - inlet_loss * flow * flow;
        OperatingPoint {
            flow,
            suction_bar: suction_m * BAR_PER_METRE,
            discharge_bar: (suction_m + head_m) * BAR_PER_METRE,
            shaft_kw: self.shaft_kw(speed, flow, head_m),
            npsh_margin_m: ATMOSPHERE_M + suction_m
                - suction.vapour_m
                - self.npsh_required(speed, flow),
        }
    }

    /// Net positive suction head required: half of it at no flow, and growing
    /// with the square of the flow.
    fn npsh_required(&self, speed: f64, flow: f64) -> f64 {
        let load = flow / self.best_flow;
        self.npsh_required_m * 0.5 * (speed * speed + load * load)
    }

    /// With the efficiency `best (2 q - q^2)` at `q = Q / (s Qbest)`, the
    /// hydraulic power over the efficiency has no pole at zero flow.
    fn shaft_kw(&self, speed: f64, flow: f64, head_m: f64) -> f64 {
        let load = (flow / (speed * self.best_flow)).min(1.6);
        let hydraulic = BAR_PER_METRE * 1e5 * speed * self.best_flow * head_m / 3.6e6;
        hydraulic / (self.best_efficiency * (2.0 - load)) + self.friction_kw * speed
    }

    /// The share of the head that cavitation leaves at this margin: 97 % where
    /// there is none, by the definition of the required head.
    #[must_use]
    pub fn head_factor(npsh_margin_m: f64) -> f64 {
        1.0 - (0.03 * libm::exp(-1.1 * npsh_margin_m)).min(0.4)
    }

    /// How violently it cavitates, 0 to 1. Bubbles are heard long before the
    /// head drops.
    #[must_use]
    pub fn cavitation(npsh_margin_m: f64) -> f64 {
        1.0 / (1.0 + libm::exp(2.2 * (npsh_margin_m - 0.4)))
    }

    /// The current of the motor, A.
    #[must_use]
    pub fn current(&self, shaft_kw: f64) -> f64 {
        let active = shaft_kw * self.active_a_per_kw;
        libm::sqrt(self.magnetising_a * self.magnetising_a + active * active)
    }
}
