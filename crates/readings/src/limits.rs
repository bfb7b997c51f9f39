//! How large what is read may be.

/// The largest magnitude of a number: its square and a sum of those are still
/// finite.
pub const MAX_MAGNITUDE: f64 = 1e30;
/// Numbers of one list.
pub const MAX_LIST: usize = 65_536;
/// Arrays of one cell.
pub const MAX_ARRAYS: usize = 64;
/// Columns of a table.
pub const MAX_COLUMNS: usize = 16_384;
/// Bytes of one cell.
pub const MAX_CELL_BYTES: usize = 1 << 20;
/// Bytes from which the dialect of a table is told.
pub const MAX_SAMPLE_BYTES: usize = 64 << 10;
/// Rows from which the dialect of a table is told.
pub const MAX_SAMPLE_ROWS: usize = 256;
/// Fields of these rows: of wide tables fewer rows are looked at.
pub const MAX_SAMPLE_FIELDS: usize = 1 << 18;
