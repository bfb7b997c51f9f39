//! Any bytes are a table or are refused, told or not; rows that come in pieces
//! are those that come at once; any text is a cell or a time, or is refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use senselm_readings::names::{Kind, Wanted};
use senselm_readings::rows::{Delimiter, Malformed, Position, Row, Rows};
use senselm_readings::{Decimal, Told, arrays, cell, detect, is_missing, time};

const WANTED: [Wanted<'static>; 2] = [
    Wanted {
        name: "a",
        unit: "bar",
        kind: Kind::Number,
    },
    Wanted {
        name: "t",
        unit: "",
        kind: Kind::Time,
    },
];

fuzz_target!(|bytes: &[u8]| {
    let Some((&cut, text)) = bytes.split_first() else {
        return;
    };
    for delimiter in Delimiter::ALL {
        let whole: Vec<_> = Rows::from_position(text, delimiter, Position::at_line(0, 1)).collect();
        let pieces = in_pieces(text, delimiter, usize::from(cut) + 1);
        assert_eq!(whole, pieces, "pieces are the whole");
    }
    for wanted in [&WANTED[..], &[]] {
        let told = Told::default();
        let Ok(table) = detect(text, true, &told, wanted) else {
            continue;
        };
        for row in Rows::from_position(text, table.delimiter, table.body).flatten() {
            if let Ok(fields) = table.shape.fields(&row, table.width) {
                assert_eq!(fields.len(), table.width);
            }
        }
    }
    let text = String::from_utf8_lossy(text);
    for decimal in [None, Some(Decimal::Point), Some(Decimal::Comma)] {
        let read = cell(&text, decimal);
        if is_missing(&text) {
            assert!(read.is_ok_and(|read| read.value().is_nan()));
        }
        let _ = time(&text, decimal);
        let _ = arrays(&text, decimal);
    }
});

/// The rows of a text that comes `length` bytes at a time.
fn in_pieces(
    text: &[u8],
    delimiter: Delimiter,
    length: usize,
) -> Vec<Result<Row<'_>, Malformed>> {
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
