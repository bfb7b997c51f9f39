//! Prints what is seen in the recordings that the command line names.

use senselm_look::{Options, look};

fn main() {
    let paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    match look(&paths, &Options::default()) {
        Ok(seen) => {
            print!("{seen}");
            println!("{}", seen.recipe(&senselm_look::RecipeFor::of(&seen)));
            for note in &seen.notes {
                println!("note      {note}");
            }
        }
        Err(error) => println!("{error} {:?}", error.choices()),
    }
}
