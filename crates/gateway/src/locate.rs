//! Where the guest component is.

use std::path::{Path, PathBuf};

use crate::GatewayError;

/// The component's file name.
pub const GUEST_FILE: &str = "senselm-guest.wasm";

/// Finds the guest: the path given, else the one in `SENSELM_GUEST`, else
/// beside this program, else where `cargo xtask wasm` puts it.
///
/// # Errors
/// [`GatewayError::NoGuest`] with every path that was tried.
pub fn find_guest(given: Option<&Path>) -> Result<PathBuf, GatewayError> {
    let named = given
        .map(Path::to_owned)
        .or_else(|| std::env::var_os("SENSELM_GUEST").map(PathBuf::from));
    let looked_at = named.map_or_else(usual_places, |path| vec![path]);
    match looked_at.iter().find(|path| path.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(GatewayError::NoGuest { looked_at }),
    }
}

/// Beside the program, and in the `guest` folder of the target folder that the
/// program was built in: `target/release/senselm`, `target/debug/deps/a-test`.
fn usual_places() -> Vec<PathBuf> {
    let Ok(program) = std::env::current_exe() else {
        return Vec::new();
    };
    let above = program.ancestors().skip(1).take(3);
    let mut places: Vec<PathBuf> = above
        .clone()
        .take(1)
        .map(|dir| dir.join(GUEST_FILE))
        .collect();
    places.extend(above.skip(1).map(|dir| dir.join("guest").join(GUEST_FILE)));
    places.push(Path::new("target/guest").join(GUEST_FILE));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_guest_says_how_to_build_it() {
        let error = find_guest(Some(Path::new("no/such/guest.wasm"))).expect_err("is missing");
        let message = error.to_string();
        assert!(message.contains("cargo xtask wasm"), "{message}");
        assert!(message.contains("no/such/guest.wasm"), "{message}");
    }

    #[test]
    fn the_usual_places_name_the_target_folder() {
        let places = usual_places();
        assert!(
            places
                .iter()
                .any(|place| place.ends_with("guest/senselm-guest.wasm"))
        );
    }
}
