//! What holds for any text: pieces are the whole, and a written number is read
//! back.

use proptest::prelude::*;
use senselm_readings::rows::{Delimiter, Malformed, Position, Row, Rows};
use senselm_readings::{Decimal, Told, cell, detect, is_missing, number};

/// The rows of a text that comes a few bytes at a time.
fn in_pieces(text: &[u8], delimiter: Delimiter, length: usize) -> Vec<Result<Row<'_>, Malformed>> {
    let mut rows = Vec::new();
    let mut at = Position::at_line(0, 1);
    let mut end = 0;
    while end < text.len() {
        end = (end + length).min(text.len());
        let piece = Rows::from_position(&text[..end], delimiter, at);
        let mut piece = if end < text.len() {
            piece.of_piece()
        } else {
            piece
        };
        rows.extend(piece.by_ref());
        at = piece.position();
    }
    rows
}

fn grouped(whole: u32, mark: char) -> String {
    let digits = whole.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

proptest! {
    #[test]
    fn rows_in_pieces_are_those_of_the_whole(
        text in "[ab1,;\" \r\n\t\u{0}é]{0,60}",
        length in 1..9_usize,
    ) {
        for delimiter in Delimiter::ALL {
            let whole = Rows::from_position(text.as_bytes(), delimiter, Position::at_line(0, 1));
            let whole: Vec<_> = whole.collect();
            prop_assert_eq!(in_pieces(text.as_bytes(), delimiter, length), whole);
        }
    }

    #[test]
    fn a_written_number_is_read_back(value in -1e30..1e30_f64, small in -1e6..1e6_f64) {
        for value in [value, small] {
            let texts = [format!("{value}"), format!("{value:e}"), format!(" +{}", value.abs())];
            for (text, expected) in texts.iter().zip([value, value, value.abs()]) {
                prop_assert_eq!(number(text, Some(Decimal::Point)), Ok(expected));
                let comma = text.replace('.', ",");
                prop_assert_eq!(number(&comma, Some(Decimal::Comma)), Ok(expected), "{}", comma);
            }
        }
    }

    #[test]
    fn thousands_are_read_back(whole in 1_000..u32::MAX, cents in 0..100_u32) {
        let expected: f64 = format!("{whole}.{cents:02}").parse().expect("a number");
        for mark in ['\'', '\u{a0}', '_', ','] {
            let text = format!("{}.{cents:02}", grouped(whole, mark));
            prop_assert_eq!(number(&text, None), Ok(expected), "{}", text);
        }
        let text = format!("{},{cents:02}", grouped(whole, '.'));
        prop_assert_eq!(number(&text, None), Ok(expected), "{}", text);
    }

    #[test]
    fn no_text_panics(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for decimal in [None, Some(Decimal::Point), Some(Decimal::Comma)] {
            let read = cell(&text, decimal);
            prop_assert!(!is_missing(&text) || read.is_ok_and(|read| read.value().is_nan()));
            let _ = senselm_readings::time(&text, decimal);
            let _ = senselm_readings::arrays(&text, decimal);
        }
        for complete in [true, false] {
            let _ = detect(&bytes, complete, &Told::default(), &[]);
            let _ = detect(text.as_bytes(), complete, &Told::default(), &[]);
        }
    }
}
