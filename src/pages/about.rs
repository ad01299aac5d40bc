//! The pages about the app, privacy and accessibility.

use super::{TitledPage, heading};
use crate::app::App;
use crate::route::Route;
use crate::ui::phone::phone_link;
use elements::{a, h2, li, p, strong, ul};

pub(crate) fn page(app: App) -> TitledPage {
    let (words, catalogue) = (app.words, app.catalogue);
    let municipality = catalogue.municipality();
    let confirmed = catalogue.services().iter().filter(|service| service.details_verified).count();
    let counts = [
        (catalogue.services().len(), words.services_word),
        (confirmed, words.confirmed_word),
        (catalogue.tasks().len(), words.tasks_word),
        (catalogue.hubs().len(), words.hubs_word),
    ];
    let credits = municipality.credits.iter().map(|credit| {
        p().class("hint")
            .put(a(&credit.url).attr("rel", "noopener external").put(credit.text.get(app.language)))
    });
    let rows = counts
        .map(|(count, name)| li().put(name).put(words.colon).put(strong().put(count.to_string())));
    let view = (
        heading(words.about_title, None),
        p().class("lead").put(municipality.about.get(app.language)),
        p().put(words.about_text),
        p().put(words.about_limits).put(" ").put(phone_link(app.language, app.phone())).put("."),
        p().put(words.about_install),
        h2().put(words.about_facts),
        ul().class("plain").put_all(rows),
        p().put(
            a(&municipality.website)
                .attr("rel", "noopener external")
                .put(municipality.formal_name.get(app.language)),
        ),
        credits.collect::<Vec<_>>(),
    );
    TitledPage::new(words.about_title, view)
}

pub(crate) fn privacy_page(app: App) -> TitledPage {
    let words = app.words;
    let texts = [
        words.privacy_1,
        words.privacy_2,
        words.privacy_3,
        words.privacy_4,
        words.privacy_5,
        words.privacy_shared,
    ];
    let view = (
        heading(words.privacy_title, None),
        ul().class("steps").put_all(texts.map(|text| li().put(text))),
        super::ask::notice(app),
        p().class("actions")
            .put(a(app.href(Route::Messages)).class("button").put(words.messages_title)),
    );
    TitledPage::new(words.privacy_title, view)
}

pub(crate) fn accessibility_page(app: App) -> TitledPage {
    let words = app.words;
    let contact = &app.catalogue.municipality().accessibility;
    let lines = p()
        .put(words.accessibility_3)
        .put(" ")
        .put(phone_link(app.language, &contact.phone))
        .put(", ")
        .put(a(format!("mailto:{}", contact.email)).put(contact.email.as_str()));
    TitledPage::new(
        words.accessibility_title,
        (
            heading(words.accessibility_title, None),
            p().put(words.accessibility_1),
            p().put(words.accessibility_2),
            lines,
        ),
    )
}
