//! The last line of every record: where it comes from, and how certain it is.

use crate::app::App;
use domain::provenance::Provenance;
use elements::{El, a, all, p, strong};
use wording::source_date;

/// The source with its date and note, and whether it was confirmed. `record` is the path under
/// which the server knows the source's full address; `caution` is a note from the record's basis.
pub(crate) fn provenance(
    app: App,
    source: &'static Provenance,
    record: String,
    caution: Option<&'static str>,
) -> El {
    let words = app.words;
    let date = source
        .date
        .map_or_else(|| words.undated.to_string(), |date| source_date(app.language, date));
    let line = match &source.url {
        Some(host) => all((
            a(format!("/api/sources/{record}")).attr("rel", "noopener external").put(host.as_str()),
            format!(", {date}."),
        )),
        None => all(words.no_source),
    };
    let trust = match (&source.url, source.verified) {
        (None, _) => None,
        (Some(_), true) => Some(words.confirmed_source),
        (Some(_), false) => Some(words.unconfirmed_source),
    };
    p().class("provenance")
        .put(strong().put(words.source).put(words.colon))
        .put(line)
        .put(" ")
        .put(trust)
        .put(" ")
        .put(caution)
        .put(app.is_translated().then_some((" ", words.translation_unchecked)))
}
