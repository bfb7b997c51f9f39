//! What a model of Llama's shape would have beyond GPT-2: nothing here, since
//! no such model is built. `enabled.rs` is what the tests have instead.

use crate::GptError;
use crate::cpu::Pass;
use crate::workspace::Token;

/// An operation that there is none of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {}

pub(crate) fn run(
    op: Op,
    _pass: &mut Pass<'_>,
    _tokens: &[Token],
    _rows: usize,
) -> Result<(), GptError> {
    match op {}
}
