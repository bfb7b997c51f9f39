//! The program's words for what cannot be read.

use core::fmt;

use crate::{Decimal, Problem};

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber { text } => write!(out, "{text} is not a number"),
            Self::TooLarge { text } => write!(out, "{text} is too large"),
            Self::TwoNumbers {
                text,
                decimals,
                thousands,
            } => write!(
                out,
                "{text} is {decimals} with a decimal comma and {thousands} with a comma between thousands"
            ),
            Self::OtherDecimal { text, expected } => write!(
                out,
                "{text} has a decimal {} where this file has decimal {}s",
                match expected {
                    Decimal::Point => Decimal::Comma.name(),
                    Decimal::Comma => Decimal::Point.name(),
                },
                expected.name()
            ),
            Self::UnknownUnit { text, unit } => {
                write!(out, "{text} is not a number, and {unit} is no known unit")
            }
            Self::ListTooLong { limit } => write!(out, "more than {limit} numbers in one list"),
            Self::ArrayName { text } => {
                write!(out, "{text} stands before an array; write `Name: [1, 2]`")
            }
            Self::ArrayOpen { name } => write!(out, "the array {name} has no closing bracket"),
            Self::ArrayTwice { name } => write!(out, "the array {name} is there twice"),
            Self::TooManyArrays { limit } => write!(out, "more than {limit} arrays in one cell"),
            Self::AfterArrays { text } => write!(out, "{text} stands after the arrays"),
            Self::InArray { name, problem } => write!(out, "array {name}: {problem}"),
        }
    }
}
