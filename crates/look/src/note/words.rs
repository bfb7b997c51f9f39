//! Notes as people read them: what it is, and what to do about it.

use std::fmt;

use super::{Note, Why};

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ignored => out.write_str("as you said"),
            Self::Empty => out.write_str("nothing is in it"),
            Self::Constant { text } => write!(
                out,
                "it says {text:?} in every row, and a model will not see it change"
            ),
            Self::Counter => out.write_str("it counts up like a row number"),
            Self::Id => out.write_str("it is another one in every row"),
            Self::Time => out.write_str("it holds times"),
            Self::Answer => {
                out.write_str("it may be a second answer, which would give the first away")
            }
            Self::Unlearned => out.write_str("it holds right answers, and none are learned"),
            Self::BesideWindows => {
                out.write_str("a row is a window, and nothing beside its samples is read")
            }
            Self::Group => out.write_str("it says what was recorded, not how it was"),
            Self::Text => out.write_str("it holds texts"),
        }
    }
}

/// A share as people read it.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        percent if percent > 0.0 && percent < 1.0 => "less than 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding { path, encoding } => {
                write!(out, "{}: read as {encoding}", path.display())
            }
            Self::Table { path, note } => write!(out, "{}: {note}", path.display()),
            Self::BadRows { path, rows } => write!(
                out,
                "{}: {rows} rows are damaged, or have more or fewer fields than the others, and are left out",
                path.display()
            ),
            Self::NotInAll { columns } => write!(
                out,
                "not in all files, and left out: {}",
                columns.join(", ")
            ),
            Self::LeftOut { column, why } => write!(out, "{column:?} is left out: {why}"),
            Self::OddCells {
                column,
                cells,
                text,
            } => write!(
                out,
                "{cells} cells of {column:?} are no numbers, such as {text:?}, and their rows are left out"
            ),
            Self::OddSamples { cells, text } => write!(
                out,
                "{cells} samples are no numbers, such as {text:?}, and their rows are left out"
            ),
            Self::EmptyFile { path } => {
                write!(out, "{} has no rows, and is left out", path.display())
            }
            Self::UnitConverted {
                column,
                path,
                from,
                to,
            } => write!(
                out,
                "{}: the cells of {column:?} are in {from} and are converted to {to}, as in the others",
                path.display()
            ),
            Self::UnitAssumed { column, path } => write!(
                out,
                "{} says no unit where others have {column:?}: its values are taken to be in that",
                path.display()
            ),
            Self::Differs {
                first,
                second,
                reasons,
            } => write!(
                out,
                "{} is unlike {} though both have the same answer, and they are learned from together: {}",
                second.display(),
                first.display(),
                reasons.join("; ")
            ),
            Self::Again {
                first,
                second,
                share,
                labels,
                groups,
            } => {
                write!(out, "{} of the readings", percent(*share))?;
                match first == second {
                    true => write!(out, " of a part of {} are there twice", first.display())?,
                    false => {
                        let (first, second) = (first.display(), second.display());
                        write!(out, " in {second} are in {first} too")?;
                    }
                }
                if let Some((one, other)) = groups {
                    write!(out, ", of {one:?} and of {other:?}")?;
                }
                match labels {
                    Some((one, other)) => write!(
                        out,
                        ", under the label {one:?} and under {other:?}: one of them is wrong"
                    ),
                    None => out.write_str(": leave one of them out"),
                }
            }
            Self::MoreAgain { parts } => {
                write!(out, "{parts} other parts hold readings that are there twice, too")
            }
            Self::GivesAway { column } => write!(
                out,
                "{column:?} alone gives the answer away: if it is a copy of the answer, a number of what was recorded or a clock, and no measurement, leave it out with --ignore {column:?}"
            ),
            Self::Sentinel { column, sentinel } => write!(
                out,
                "{column:?} says {0} in {1} samples, far outside of all others: if that means \"no value\", say --missing={0}",
                sentinel.value, sentinel.count
            ),
            Self::OddAnswer { column, sentinel } => write!(
                out,
                "{column:?} says {0} in {1} rows, far outside of all other answers, and it is learned like them: if it means \"no answer\", say --missing={0}, or empty these cells",
                sentinel.value, sentinel.count
            ),
            Self::Missing { column, share } => {
                write!(out, "{} of {column:?} is missing", percent(*share))
            }
            Self::NoAnswers { column: None } => {
                out.write_str("no column holds right answers: there is no label to learn")
            }
            Self::NoAnswers {
                column: Some((column, text)),
            } => write!(
                out,
                "{column:?} says {text:?} in every row: there is no label to learn, only what is normal"
            ),
            Self::Unlabelled { rows } => write!(out, "{rows} rows have no answer"),
            Self::LabelsAlike { first, second } => write!(
                out,
                "the labels {first:?} and {second:?} differ in case only and are two labels; write them alike if they are one"
            ),
            Self::WithoutAnswers { path, column } => write!(
                out,
                "{} has no column {column:?} to measure by, and is left out",
                path.display()
            ),
            Self::NeverLearned { label } => write!(
                out,
                "{label:?} is only in files to measure on: it cannot be learned, and each of its windows is a mistake"
            ),
            Self::Uneven { label, share } => write!(
                out,
                "{} of the rows are {label:?}: who always says that is right as often, so look at the other labels' figures",
                percent(*share)
            ),
            Self::FewOf { label, count: 1, what } => write!(
                out,
                "{label:?} is in one of the {what} only, so that it is learned or measured, and never both: record more of it"
            ),
            Self::FewOf { label, count, what } => write!(
                out,
                "{label:?} is in {count} {what} only, so that its figures say little: record more of it"
            ),
            Self::Doubled { windows, distinct } => write!(
                out,
                "of {windows} windows {distinct} are distinct; equal ones stay on one side of every split"
            ),
            Self::Contradictory { windows } => write!(
                out,
                "{windows} windows are equal to others that have another answer"
            ),
            Self::DoubledRows { rows } => write!(
                out,
                "{rows} rows repeat the one above them: leave the copies out, since windows hold each reading twice"
            ),
            Self::Backwards { times } => write!(
                out,
                "the clock goes back {times} times within a recording; no window spans that"
            ),
            Self::Unsteady { share, step_s } => write!(
                out,
                "{} of the steps are not about {step_s} s: no rate is written into the recipe",
                percent(*share)
            ),
            Self::NoRate => out.write_str(
                "no column of times: gaps cannot be seen, and frequencies need the readings a second",
            ),
            Self::Times { column } => write!(out, "the times are those of {column:?}"),
            Self::GroupIsLabel { group } => write!(
                out,
                "each label has one {group:?} and each of these one label, so that they cannot be told apart: what is measured may be who was recorded"
            ),
            Self::NoGroups => out.write_str(
                "nothing says whose the windows are: if they are of several people or machines, a column that says which keeps figures honest",
            ),
            Self::Interleaved { group, rows } => write!(
                out,
                "rows of several {group:?} alternate, {rows:.1} of one in the mean: sort them by it first, since windows are rows that follow each other"
            ),
            Self::KeptApart { files } => write!(
                out,
                "{files} files are called test and are not learned from"
            ),
            Self::OddLists { column, cells } => write!(
                out,
                "{cells} cells of {column:?} do not hold the arrays of the first one, and are left out"
            ),
        }
    }
}
