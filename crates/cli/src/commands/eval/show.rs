//! An evaluation for people.

use anyhow::Result;
use senselm_evaluate::{ClassificationReport, Interval};

use super::Report;
use super::judge::Figures;
use crate::output::Output;

/// Prints the figures, the confusion matrix and the baselines.
pub(super) fn show(report: &Report<'_>, out: &mut Output) -> Result<()> {
    let (n, distinct) = match &report.figures {
        Figures::Classification(figures) => (figures.n, figures.distinct),
        Figures::Number(figures) => (figures.n, figures.distinct),
        Figures::Text(figures) => (figures.n, figures.distinct),
    };
    out.line(format_args!(
        "{} on {}: {n} windows, {distinct} distinct; {} more without a known right answer",
        report.model.display(),
        report.data.display(),
        report.unlabelled
    ))?;
    out.line(format_args!(
        "{:<15}{}",
        "model",
        in_words(&report.figures, report.unit)
    ))?;
    if let Some(refused) = &report.refused {
        let others = match refused.accuracy_of_others {
            Some(accuracy) => format!("; accuracy of the others {:.2} %", 100.0 * accuracy),
            None => String::new(),
        };
        out.line(format_args!(
            "{:<15}{} of {n} windows, of which the nearest label counts above{others}",
            "none of these", refused.windows
        ))?;
    }
    if let Some(figures) = &report.projection {
        out.line(format_args!(
            "{:<15}{}; the model reads its verdict",
            "projection",
            in_words(figures, report.unit)
        ))?;
    }
    if let Some(baselines) = &report.baselines {
        let named = [
            ("majority", &baselines.majority),
            ("knn", &baselines.knn),
            ("random forest", &baselines.random_forest),
        ];
        for (name, figures) in named {
            if let Some(figures) = figures {
                out.line(format_args!("{name:<15}{}", in_words(figures, report.unit)))?;
            }
        }
        match (&baselines.fitted_on, &baselines.reason) {
            (Some(name), _) => out.line(format_args!(
                "baselines fitted on {} windows: {name}",
                baselines.n_train
            ))?,
            (None, reason) => out.line(format_args!(
                "no baselines: {}",
                reason.as_deref().unwrap_or_default()
            ))?,
        }
    }
    if let Figures::Classification(figures) = &report.figures {
        confusion(report.labels, figures, out)?;
    }
    out.line(format_args!(
        "{:.1} windows/s, median {:.2} ms, {} with {} kernels",
        report.windows_per_s, report.median_ms, report.runtime, report.kernels
    ))
}

fn in_words(figures: &Figures, unit: Option<&str>) -> String {
    let percent = |name: &str, interval: Option<Interval>| match interval {
        Some(Interval { low, high }) => {
            format!(" {name} [{:.2}, {:.2}]", 100.0 * low, 100.0 * high)
        }
        None => String::new(),
    };
    match figures {
        Figures::Classification(figures) => format!(
            "accuracy {:.2} %{}{}, macro F1 {:.2} %",
            100.0 * figures.accuracy,
            percent("bootstrap", figures.ci95),
            percent("Wilson", figures.wilson95),
            100.0 * figures.macro_f1
        ),
        Figures::Text(figures) => format!(
            "word for word {:.2} %{}{}",
            100.0 * figures.accuracy,
            percent("bootstrap", figures.ci95),
            percent("Wilson", figures.wilson95)
        ),
        Figures::Number(figures) => {
            let interval = figures.ci95.map_or_else(String::new, |interval| {
                format!(" [{:.3}, {:.3}]", interval.low, interval.high)
            });
            format!(
                "mean absolute error {:.3}{interval} {}, root mean square {:.3}, largest {:.3}",
                figures.mae,
                unit.unwrap_or_default(),
                figures.rmse,
                figures.max_error
            )
        }
    }
}

fn confusion(labels: &[String], figures: &ClassificationReport, out: &mut Output) -> Result<()> {
    let width = labels
        .iter()
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0)
        .max(6);
    out.line("\ntruth (rows) against answer (columns)")?;
    let header: String = labels
        .iter()
        .map(|label| format!(" {label:>width$}"))
        .collect();
    out.line(format_args!("{:width$}{header}", ""))?;
    for (label, counts) in labels.iter().zip(figures.confusion.counts()) {
        let cells: String = counts
            .iter()
            .map(|count| format!(" {count:>width$}"))
            .collect();
        out.line(format_args!("{label:<width$}{cells}"))?;
    }
    out.line("")
}
