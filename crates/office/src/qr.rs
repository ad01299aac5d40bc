//! QR codes as SVG, for print.

use crate::svg::escaped;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Empty modules around the code (ISO/IEC 18004 requires four).
const QUIET: i32 = 4;

/// Draws `text` as a QR code labelled `name`. Empty for a text that is too long, which no address
/// is.
pub(crate) fn square(text: &str, name: &str) -> String {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return String::new() };
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a String does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let name = escaped(name);
    format!(
        r#"<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{name}" shape-rendering="crispEdges"><rect class="ground" width="{size}" height="{size}"/><path d="{path}"/></svg>"#
    )
}
