//! Texts of the service directory that a language lacks, and translations whose English is gone.

use super::Office;
use super::guard::Visit;
use super::pages::{PageFrame, PageResult, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use domain::catalogue::TranslationGaps;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/translations.html")]
struct TranslationsPage {
    f: PageFrame,
    languages: Vec<LanguageRow>,
}

/// What one language has and lacks.
struct LanguageRow {
    tag: &'static str,
    translated: usize,
    gaps: TranslationGaps,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    let published = office.directory.published();
    let row = |translation: domain::catalogue::Translations| {
        let gaps = published.as_ref().map(|catalogue| translation.gaps(catalogue));
        let gaps = gaps.unwrap_or_default();
        let translated = translation.texts.len() - gaps.stale.len();
        LanguageRow { tag: translation.language.tag(), translated, gaps }
    };
    let languages = office.directory.translations().into_iter().map(row).collect();
    Ok(made(StatusCode::OK, &TranslationsPage { languages, f: PageFrame::of(&office, &visit) }))
}
