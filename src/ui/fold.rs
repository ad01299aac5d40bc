//! Choices that fold to one line, which says what is set. Open where the screen is wide.

use crate::browser::page::is_wide;
use elements::{El, Piece, details, summary};

/// Choices behind one line. `said` is what the line says.
pub(crate) fn fold(said: impl Piece) -> El {
    let fold = details().class("fold no-print").put(summary().put(said));
    if is_wide() { fold.attr("open", "") } else { fold }
}
