//! A tablet that staff hand over: they count visitors, and every k-th is asked.

use super::{counted, to_messages};
use crate::app::App;
use crate::browser::page::{focus, focus_heading};
use crate::pages::not_stored::not_stored_panel;
use crate::pages::{TitledPage, heading};
use crate::route::{Route, router};
use domain::collector::Step;
use elements::{El, Signal, View, all, button, h2, live, p, request_animation_frame};
use wording::{every_kth, fill};

pub(super) fn page(app: App) -> TitledPage {
    let every = app.role.stand.as_ref().map_or(1, |stand| stand.code.every().into());
    let title = every_kth(app.language, every);
    let is_due = Signal::computed(move || app.survey.counts.read().passed >= every);
    let body = live(move || if is_due.get() { asking(app) } else { counting(app, every) });
    let again = button(move || app.survey.count(|counts| *counts = Default::default()))
        .class("link-button")
        .put(app.words.start_over);
    TitledPage::new(
        &title,
        (
            heading(&title, None),
            not_stored_panel(app),
            body,
            counted(app),
            p().put(again),
            to_messages(app),
        ),
    )
}

fn counting(app: App, every: u32) -> View {
    let visitor = move || {
        app.survey.count(|counts| counts.passed += 1);
        if app.survey.counts.read_untracked().passed >= every {
            request_animation_frame(|| focus("main h2"));
        }
    };
    let said = live(move || {
        let passed = app.survey.counts.read().passed;
        let next = if passed + 1 == every { app.words.stand_next_one } else { "" };
        let (passed, every) = (passed.to_string(), every.to_string());
        let counted = fill(app.words.stand_counted, &[("passed", &passed), ("every", &every)]);
        [counted.as_str(), " ", next].concat()
    });
    // Two quick presses are two visitors.
    let one = button(visitor)
        .class("button button--main stand-count")
        .attr("data-each", "")
        .put(app.words.stand_visitor);
    all((
        p().class("lead").attr("role", "status").put(said),
        p().class("actions").put(one).put(back(app)),
    ))
}

fn asking(app: App) -> View {
    let words = app.words;
    let actions = p()
        .class("actions")
        .put(
            button(move || invite(app, Step::Opened))
                .class("button button--main")
                .put(words.stand_starts),
        )
        .put(button(move || invite(app, Step::Refused)).class("button").put(words.stand_refuses))
        .put(back(app));
    all((
        h2().attr("tabindex", "-1").put(words.stand_ask),
        p().class("lead").put(words.stand_ask_words),
        actions,
    ))
}

/// Counts that a person was asked, and whether the person agreed or refused.
fn invite(app: App, answer: Step) {
    let on_done = move |stored| {
        // An invitation that was stored is not counted again.
        if stored == 0 {
            return;
        }
        app.survey.count(|counts| {
            counts.passed = 0;
            counts.asked += 1;
            counts.refused += u32::from(answer == Step::Refused);
        });
        match answer {
            Step::Refused => request_animation_frame(focus_heading),
            _ => router::go(app, Route::Feedback(Default::default())),
        }
    };
    app.survey.tally(vec![Step::Invited, answer], Box::new(on_done));
}

/// Uncounts a visitor, after a slip of the thumb.
fn back(app: App) -> El {
    button(move || app.survey.count(|counts| counts.passed = counts.passed.saturating_sub(1)))
        .class("link-button")
        .put(app.words.stand_back)
}
