//! Cells that a spreadsheet must not take for formulas.

/// Puts an apostrophe before what a spreadsheet would compute (OWASP, "CSV injection").
pub(crate) fn neutral(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        assert_eq!(neutral("5 = five"), "5 = five");
    }
}
