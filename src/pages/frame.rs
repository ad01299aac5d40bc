//! The frame around every page: urgent lines, name and navigation at the top, and the footer.

pub(crate) mod kiosk;

use crate::app::App;
use crate::browser::page;
use crate::browser::service_worker::use_newer_version;
use crate::model::unsent::StoredText;
use crate::pages::plain;
use crate::pages::trip::trip_button::trip_line;
use crate::route::{NavSection, PageAddress, Route, router};
use crate::ui::icon::icon;
use crate::ui::phone::phone_link;
use domain::Language;
use domain::alert::Alert;
use elements::{El, Signal, View, a, button, div, el, li, live, p, span, ul};
use kiosk::{done_button, public_address, take_button};
use wording::{fill, full_date, waiting_count};

/// What is above every page: emergency lines, the name, languages.
pub(crate) fn header(app: App) -> View {
    let municipality = app.catalogue.municipality();
    let emergency = &municipality.emergency;
    let words = app.words;
    let urgent = a(format!("tel:{}", emergency.number))
        .class("lines__emergency")
        .put(emergency.line.get(app.language));
    let questions = span()
        .class("lines__contact")
        .put(words.questions_call)
        .put(" ")
        .put(phone_link(app.language, app.phone()));
    let name = a(app.href(Route::Home))
        .class("header__name")
        .put(municipality.name.get(app.language))
        .put(" ")
        .put(span().class("header__product").put(words.product));
    el("header")
        .class("header")
        .put(a("#main").class("skip-link").put(words.skip_link))
        .put(
            div().class("lines").put(p().class("lines__inner").put(urgent).put(" ").put(questions)),
        )
        .put(
            div()
                .class("header__inner")
                .put(name)
                .put(app.role.stand.is_none().then(|| places(app)))
                .put(language_switch(app))
                .put(take_button(app))
                .put(done_button(app)),
        )
        .done()
}

/// The number of replies that were not read and messages that have not been sent.
fn badge(app: App) -> Option<El> {
    // Counts, such as tallies, are nothing for a person to follow. On a tablet they are work that
    // has not been delivered yet.
    let heads = app.delivery.heads.read();
    let waiting = heads
        .iter()
        .filter(|head| app.role.is_counter() || head.is_message())
        .filter(|head| head.is_waiting() || head.needs_attention())
        .count();
    let news = app.status.news().len();
    let waiting_said = (waiting > 0).then(|| waiting_count(app.language, waiting));
    let news_said = (news > 0).then(|| [app.words.state_news, ". "].concat());
    let said = span().class("visually-hidden").put(news_said).put(waiting_said);
    let count = waiting + news;
    (count > 0).then(|| span().class("places__count").put(count.to_string()).put(" ").put(said))
}

/// The five sections of the navigation. Below on phones and above on wide screens: the style sheet
/// moves the same list.
fn places(app: App) -> El {
    let words = app.words;
    let section = Signal::computed(move || app.address.read().route.section());
    let link = move |of: NavSection, route: Route, name: &'static str, picture: &'static str| {
        let section = section.clone();
        a(app.href(route))
            .class("places__link")
            .live_attr("aria-current", move || (section.get() == of).then(|| "true".into()))
            .put(icon(picture))
            .put(" ")
            .put(span().put(name))
    };
    let badge = live(move || badge(app));
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        let counter = app.counter_words();
        return el("nav")
            .class("places")
            .attr("aria-label", words.places)
            .put(link(NavSection::Find, Route::Home, counter.counter, "search"))
            .put(link(NavSection::Hubs, Route::Hubs, words.hubs, "pin"))
            .put(link(NavSection::Ask, Route::Ask(Default::default()), words.ask, "ask"))
            .put(link(NavSection::Kit, Route::Kit, counter.kit, "bag"))
            .put(link(NavSection::Messages, Route::Messages, counter.queue, "mail").put(badge));
    }
    el("nav")
        .class("places")
        .attr("aria-label", words.places)
        .put(link(NavSection::Find, Route::Home, words.find, "search"))
        .put(link(NavSection::Hubs, Route::Hubs, words.hubs, "pin"))
        .put(link(NavSection::Ask, Route::Ask(Default::default()), words.ask, "ask"))
        .put(link(
            NavSection::Feedback,
            Route::Feedback(Default::default()),
            words.feedback,
            "star",
        ))
        .put((!app.role.is_terminal()).then(|| {
            // Without the app, messages are followed by their codes.
            let messages = if plain::is_plain(app) { Route::Status } else { Route::Messages };
            link(NavSection::Messages, messages, words.messages, "mail").put(badge)
        }))
}

fn language_switch(app: App) -> Option<El> {
    let other =
        if app.language == Language::English { Language::French } else { Language::English };
    // A page that answers a form has a button for it that takes what was typed along.
    let is_offered = app.languages().contains(&other) && !plain::is_plain(app);
    let href = move || {
        Some(
            app.role
                .path(&PageAddress { language: other, route: app.address.read().route.clone() }),
        )
    };
    let link = el("a")
        .class("header__language")
        .live_attr("href", href)
        .attr("lang", other.tag())
        .attr("hreflang", other.tag())
        .put(app.words.other_language);
    is_offered.then_some(link)
}

/// Unobtrusive news about the app itself: offline, an update, the trip list.
pub(crate) fn status_lines(app: App) -> View {
    let words = app.words;
    let offline = live(move || {
        (!app.delivery.is_online.get()).then(|| {
            p().class("status-line status-line--offline")
                .put(icon("cloud"))
                .put(" ")
                .put(words.offline)
        })
    });
    let update = live(move || {
        app.edition.is_ready.get().then(|| {
            p().class("status-line status-line--update")
                .put(words.update_ready)
                .put(button(use_newer_version).class("button button--small").put(words.update_use))
                .put(
                    button(move || app.edition.is_ready.set(false))
                        .class("button button--small button--quiet")
                        .put(words.update_later),
                )
        })
    });
    div()
        .class("status-lines")
        .attr("role", "status")
        .put(offline)
        .put(update)
        .put(reply_line(app))
        .put(unsent_line(app))
        .put(trip_line(app))
        .done()
}

/// A link to the newest reply that was not read, on every page but its own.
fn reply_line(app: App) -> View {
    live(move || {
        let id = *app.status.news().first()?;
        let is_there = app.address.read().route == Route::Message(id);
        let link = a(app.href(Route::Message(id)))
            .class("trip-line__link")
            .put(icon("mail"))
            .put(" ")
            .put(app.words.reply_line);
        (!is_there).then(|| p().class("status-line trip-line reply-line").put(link))
    })
}

/// Offers what was written before the page was loaded again. On a staff tablet only to the person
/// who wrote it.
fn unsent_line(app: App) -> View {
    let words = app.words;
    live(move || {
        let is_offered = matches!(*app.unsent.stored.read(), StoredText::Offered(_));
        #[cfg(feature = "counter")]
        let is_offered = is_offered && !(app.role.is_counter() && app.counter.is_locked());
        is_offered.then(|| {
            p().class("status-line")
                .put(words.unsent_text)
                .put(
                    button(move || router::go(app, app.unsent.go_on()))
                        .class("button button--small")
                        .put(words.unsent_go_on),
                )
                .put(
                    button(move || app.unsent.decline())
                        .class("button button--small button--quiet")
                        .put(words.unsent_delete),
                )
        })
    })
}

/// Urgent notices, shown from their start to their end by the municipality's clock.
pub(crate) fn alerts(app: App) -> El {
    let lines = live(move || {
        let now = app.clock.now.get();
        let alerts = app.edition.alerts.read();
        let on = alerts.iter().filter(|alert| now.is_some_and(|now| alert.is_on(now)));
        let line = |alert: &Alert| {
            let more = alert
                .url
                .as_ref()
                .map(|url| (" ", a(url).attr("rel", "noopener external").put(app.words.read_more)));
            p().class("status-line alert-line")
                .put(icon("alert"))
                .put(span().put(alert.text.get(app.language).to_string()).put(more))
        };
        on.map(line).collect::<Vec<_>>()
    });
    div().attr("role", "alert").put(lines)
}

/// What is below every page: how to reach the municipality, and about the app.
pub(crate) fn footer(app: App) -> View {
    let municipality = app.catalogue.municipality();
    let (contact, emergency, words) = (&municipality.contact, &municipality.emergency, app.words);
    let note =
        contact.note.as_ref().map(|note| p().class("footer__note").put(note.get(app.language)));
    let after_hours = emergency.after_hours_phone.as_ref().map(|phone| {
        let note = emergency.after_hours_note.as_ref().map(|note| (" ", note.get(app.language)));
        p().put(words.after_hours).put(" ").put(phone_link(app.language, phone)).put(".").put(note)
    });
    let lines = p()
        .put(municipality.formal_name.get(app.language))
        .put(words.colon)
        .put(phone_link(app.language, &contact.phone))
        .put(contact.toll_free.as_ref().map(|phone| (", ", phone_link(app.language, phone))));
    let links = [
        (Route::AToZ, words.a_to_z),
        (Route::AboutApp, words.about),
        (Route::Privacy, words.privacy),
        (Route::Accessibility, words.accessibility),
    ];
    let links = ul()
        .class("footer__links")
        .put_all(links.map(|(route, name)| li().put(a(app.href(route)).put(name))));
    // Where paper came from, for whoever holds it.
    let address =
        live(move || public_address(app).map(|address| p().class("on-paper").put(address)));
    let version = page::meta("hub-version").unwrap_or_default();
    let published = full_date(app.language, app.catalogue.published_on());
    let edition =
        fill(words.edition_line, &[("version", version.as_str()), ("date", published.as_str())]);
    let inner = div()
        .class("footer__inner")
        .put(lines)
        .put(note)
        .put(after_hours)
        .put(links)
        .put(address)
        .put(p().class("footer__version").put(edition));
    el("footer").class("footer").put(inner).done()
}
