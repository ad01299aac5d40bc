//! What to bring, what it costs, and what can be done from home; and the list for another phone.

use crate::app::App;
use crate::pages::hub::open_state::confirm;
use crate::pages::service::fees::fee_list;
use crate::route::Route;
use crate::ui::phone::phone_link;
use crate::ui::qr::qr;
use crate::ui::section::titled_section;
use domain::trip::{Errand, documents, fees};
use elements::{El, View, a, all, dd, div, dl, dt, h2, li, p, section, span, strong, ul};
use wording::{FeesMissing, fee_total, money};

pub(super) fn along(app: App) -> View {
    let errands = app.trip.errands.get();
    all((bring(app, &errands), cost(app, &errands), from_home(app, &errands)))
}

/// Each document once, with the errands that need it.
fn bring(app: App, errands: &[Errand]) -> El {
    let words = app.words;
    let papers = documents(app.catalogue, errands);
    let rows = papers.iter().map(|(paper, needed_by)| {
        let names: Vec<&str> =
            needed_by.iter().filter_map(|&at| errands[at].name(app.catalogue)).collect();
        li().lang(app.lang_of(paper))
            .put(*paper)
            .put(" ")
            .put(span().class("hint").put("(").put(names.join("; ")).put(")"))
    });
    let rows = if papers.is_empty() {
        p().put(words.no_documents)
    } else {
        ul().class("steps").put_all(rows)
    };
    let caution = errands
        .iter()
        .filter_map(|errand| errand.service(app.catalogue))
        .any(|service| service.needs_confirming());
    let caution = caution.then(|| (" ", confirm(app)));
    section()
        .class("section")
        .attr("aria-labelledby", "bring")
        .put(h2().id("bring").put(words.bring).put(caution))
        .put(rows)
}

/// What each errand costs, as far as it is known. `None` if nothing is.
fn cost(app: App, errands: &[Errand]) -> Option<El> {
    let words = app.words;
    let fees = fees(app.catalogue, errands);
    let rows: Vec<El> = errands
        .iter()
        .zip(&fees.each)
        .filter_map(|(errand, fee)| {
            let known = fee_list(app, errand.service(app.catalogue)?)?;
            let doubt = (!fee.is_certain).then(|| (" ", confirm(app)));
            let name = errand.name(app.catalogue)?;
            let row = div().class("fee").put(dt().lang(app.lang_of(name)).put(name));
            Some(row.put(dd().put(known).put(doubt)))
        })
        .collect();
    (!rows.is_empty())
        .then(|| titled_section("cost", words.cost).put(dl().class("fees").put_all(rows)))
}

/// The sum of the fees that are known, and how many are not.
pub(super) fn total(app: App, errands: &[Errand]) -> El {
    let fees = fees(app.catalogue, errands);
    let is_open = fees.known_cents == 0 && fees.varying > 0;
    let known = if is_open { String::new() } else { money(app.language, fees.known_cents) };
    let missing = FeesMissing { unknown: fees.unknown, varying: fees.varying, all: errands.len() };
    let total = fee_total(app.language, &known, missing);
    let label = span().class("label").put(app.words.cost).put(app.words.colon);
    p().put(label).put(strong().put(total))
}

/// Errands that need no trip. `None` if there are none.
fn from_home(app: App, errands: &[Errand]) -> Option<El> {
    let words = app.words;
    let rows: Vec<El> = errands
        .iter()
        .filter_map(|errand| {
            let channels = &errand.service(app.catalogue)?.channels;
            let name = errand.name(app.catalogue)?;
            let online = channels
                .online_url
                .as_ref()
                .map(|url| a(url).attr("rel", "noopener external").put(words.go_online));
            let phone = channels.phone.as_deref().map(|phone| phone_link(app.language, phone));
            (online.is_some() || phone.is_some()).then(|| {
                li().put(span().lang(app.lang_of(name)).put(name))
                    .put(words.colon)
                    .put(online)
                    .put(" ")
                    .put(phone)
            })
        })
        .collect();
    (!rows.is_empty()).then(|| {
        titled_section("home", words.trip_from_home).put(ul().class("steps").put_all(rows))
    })
}

/// The list's address as a code for a phone's camera. `None` if it is too long for a code, or if
/// the page is not in a browser, which alone knows the whole address.
pub(super) fn code(app: App) -> Option<El> {
    #[cfg(not(target_family = "wasm"))]
    if crate::browser::page::origin().is_empty() {
        return None;
    }
    let square = qr(&app.href_elsewhere(Route::Trip(app.trip.errands.get())), app.words.trip_code)?;
    Some(div().class("trip-code").put(square).put(p().class("hint").put(app.words.trip_code)))
}
