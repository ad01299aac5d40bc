//! From `data/` to the bundle: reads what people edit, says everything that is wrong with it, and makes
//! the static site that the server serves.

pub mod assemble;
pub mod edition;
pub mod located;
pub mod quality;
pub mod source;
pub mod terminal;

pub use assemble::{Assembly, assemble};
pub use edition::{Publication, publish};
pub use source::{Source, check_dir};
pub use terminal::add_terminal;
