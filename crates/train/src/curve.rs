//! The loss curve of a run as an SVG picture.

use plotters::prelude::*;

use crate::TrainError;
use crate::progress::LogLine;

const SIZE: (u32, u32) = (900, 480);
/// A point of the smooth line is the mean over this share of the run.
const SMOOTHING: f64 = 0.02;

/// Draws the training loss of every step, its running mean, and the measured
/// losses.
pub(crate) fn draw(title: &str, log: &[LogLine]) -> Result<String, TrainError> {
    let mut svg = String::new();
    paint(&mut svg, title, log).map_err(|error| TrainError::Data {
        reason: format!("the loss curve cannot be drawn: {error}"),
    })?;
    Ok(svg)
}

fn paint(svg: &mut String, title: &str, log: &[LogLine]) -> Result<(), Box<dyn std::error::Error>> {
    // Phases lie one behind the other: the position in the log is the axis.
    let steps: Vec<(f64, f64)> = log
        .iter()
        .enumerate()
        .map(|(at, line)| (at as f64 + 1.0, line.loss))
        .collect();
    let measured: Vec<(f64, f64)> = log
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at as f64 + 1.0, line.evaluation.as_ref()?.loss)))
        .collect();
    let every = || steps.iter().chain(&measured).map(|&(_, loss)| loss);
    let top = every().filter(|loss| loss.is_finite()).fold(0.1, f64::max) * 1.05;
    let last = steps.len().max(2) as f64;

    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..last, 0.0..top)?;
    chart
        .configure_mesh()
        .x_desc("step")
        .y_desc("loss, nats per token")
        .x_label_formatter(&|step| format!("{step:.0}"))
        .light_line_style(WHITE)
        .draw()?;
    chart.draw_series(LineSeries::new(
        steps.iter().copied(),
        RGBColor(190, 205, 225),
    ))?;
    chart
        .draw_series(LineSeries::new(
            smooth(&steps),
            RGBColor(30, 90, 170).stroke_width(2),
        ))?
        .label("training")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], RGBColor(30, 90, 170)));
    if !measured.is_empty() {
        let colour = RGBColor(200, 90, 20);
        chart
            .draw_series(LineSeries::new(
                measured.iter().copied(),
                colour.stroke_width(2),
            ))?
            .label("measured, averaged weights")
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
        chart.draw_series(
            measured
                .iter()
                .map(|&point| Circle::new(point, 3, colour.filled())),
        )?;
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(RGBColor(160, 160, 160))
        .draw()?;
    area.present()?;
    Ok(())
}

/// A running mean, centred, shorter at the ends.
fn smooth(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let reach = (points.len() as f64 * SMOOTHING / 2.0).ceil() as usize;
    (0..points.len())
        .map(|at| {
            let part = &points[at.saturating_sub(reach)..(at + reach + 1).min(points.len())];
            let mean = part.iter().map(|&(_, loss)| loss).sum::<f64>() / part.len() as f64;
            (points[at].0, mean)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Measurement;

    #[test]
    fn draws_both_curves() {
        let log: Vec<LogLine> = (0..50)
            .map(|step| LogLine {
                phase: "train".into(),
                step,
                loss: 3.0 / (1.0 + step as f64),
                learning_rate: 0.1,
                gradient_norm: 1.0,
                tokens_per_s: 1.0,
                evaluation: (step % 10 == 9).then(|| Measurement {
                    on: "validation".into(),
                    loss: 1.0,
                    score: None,
                }),
            })
            .collect();
        let svg = draw("gesture", &log).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("gesture") && svg.contains("measured"));
        assert!(draw("one step", &log[..1]).is_ok());
        assert!(draw("none", &[]).is_ok());
    }
}
