//! An address as a QR code (ISO/IEC 18004), drawn as one SVG path.

use elements::{El, picture};
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// Width of the white border that readers need, in modules.
const QUIET: i32 = 4;
/// Readers accept every mask. Searching for the most balanced one would add 1 KB to the app.
const MASK: u8 = 2;

/// A QR code of a text. `None` if the text is too long for the largest code. `name` is its
/// accessible name.
pub(crate) fn qr(text: &str, name: &str) -> Option<El> {
    drawn(&[QrSegment::make_bytes(text.as_bytes())], name)
}

/// A QR code of an address followed by digits, which take less than half the space of letters.
/// `None` if it is too long.
pub(crate) fn qr_of_digits(address: &str, digits: &str, name: &str) -> Option<El> {
    drawn(&[QrSegment::make_bytes(address.as_bytes()), QrSegment::make_numeric(digits)], name)
}

fn drawn(segments: &[QrSegment], name: &str) -> Option<El> {
    let code = QrCode::encode_segments_advanced(
        segments,
        QrCodeEcc::Low,
        Version::MIN,
        Version::MAX,
        Some(Mask::new(MASK)),
        true,
    )
    .ok()?;
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            path += &format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let paper = picture("rect")
        .attr("width", size.to_string())
        .attr("height", size.to_string())
        .attr("fill", "#fff");
    let square = picture("svg")
        .class("qr")
        .attr("viewBox", format!("0 0 {size} {size}"))
        .attr("role", "img")
        .attr("aria-label", name);
    Some(square.put(paper).put(picture("path").attr("d", path).attr("fill", "#000")))
}
