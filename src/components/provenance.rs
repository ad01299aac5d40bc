//! Where a record comes from, and how sure we are: the last line of every record.

use crate::state::App;
use crate::wording::source_date;
use domain::provenance::Provenance;
use leptos::prelude::*;

/// The source with its date and note, and whether it was confirmed. `caution` is what the record's basis adds.
pub(crate) fn provenance(app: App, source: &'static Provenance, caution: Option<&'static str>) -> impl IntoView {
    let words = app.words;
    let date = source.date.map_or_else(|| words.undated.to_string(), |date| source_date(app.language, date));
    let line = match &source.url {
        Some(url) => view! { <a href=url.clone() rel="noopener external" lang="en">{host_of(url)}</a> ", " {date} "." }.into_any(),
        None => words.no_source.into_any(),
    };
    let note = source.note.as_ref().map(|note| view! { <span lang=app.catalogue_lang()>" (" {note.clone()} ")"</span> });
    let trust = match (&source.url, source.verified) {
        (None, _) => None,
        (Some(_), true) => Some(words.confirmed_source),
        (Some(_), false) => Some(words.unconfirmed_source),
    };
    view! { <p class="provenance"><strong>{words.source} ":"</strong> " " {line} {note} " " {trust} " " {caution}</p> }
}

/// `www.example.ca` of a whole address; the address itself when it has no host.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(url).into()
}
