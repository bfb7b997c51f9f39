//! Names in their order, by which one is found among many.

/// Where each name stands, in the order of the names.
///
/// # Errors
/// A name that is there twice.
pub(crate) fn sorted<'a>(names: &[&'a str]) -> Result<Vec<u32>, &'a str> {
    let mut sorted: Vec<u32> = (0..names.len() as u32).collect();
    sorted.sort_unstable_by_key(|&at| names[at as usize]);
    let mut neighbours = sorted
        .windows(2)
        .map(|pair| [names[pair[0] as usize], names[pair[1] as usize]]);
    match neighbours.find(|[one, next]| one == next) {
        Some([twice, _]) => Err(twice),
        None => Ok(sorted),
    }
}
