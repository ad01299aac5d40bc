//! The place where staff enter paper sheets, and the counts of the batch sheet.

use super::{counted, to_messages};
use crate::app::App;
use crate::pages::not_stored::not_stored_panel;
use crate::pages::{TitledPage, heading};
use domain::collector::Step;
use elements::{El, Signal, a, div, el, event_target_value, form, input, label, live, p};
use wording::every_kth;

/// The most counts sealed at once. A batch sheet has fewer rows, and each count takes a moment.
const COUNTS_MAX: usize = 200;

pub(super) fn page(app: App) -> TitledPage {
    let words = app.words;
    let every = app.role.stand.as_ref().map_or(1, |stand| stand.code.every().into());
    let enter = a(app.href(app.survey.first_question()))
        .class("button button--main")
        .put(words.sheet_enter);
    let view = (
        heading(words.sheets_title, None),
        p().class("lead").put(every_kth(app.language, every)).put("."),
        p().class("actions").put(enter),
        counted(app),
        batch(app),
        to_messages(app),
    );
    TitledPage::new(words.sheets_title, view)
}

fn batch(app: App) -> El {
    let words = app.words;
    let (asked, refused, said): (Signal<String>, Signal<String>, Signal<&'static str>) =
        Default::default();
    let (shown, fields) = (said.clone(), [asked.clone(), refused.clone()]);
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        let Some((of_asked, of_refused)) = read(&asked.get_untracked(), &refused.get_untracked())
        else {
            return said.set(words.batch_wrong);
        };
        let steps: Vec<Step> =
            [vec![Step::Invited; of_asked], vec![Step::Refused; of_refused]].concat();
        let (asked, refused, said) = (asked.clone(), refused.clone(), said.clone());
        let on_done = move |stored: usize| {
            // What was stored before a failure is counted. The fields keep the rest.
            let (is_asked, is_refused) = (stored.min(of_asked), stored.saturating_sub(of_asked));
            app.survey.count(|counts| {
                (counts.asked, counts.refused) =
                    (counts.asked + is_asked as u32, counts.refused + is_refused as u32)
            });
            let rest = |number: usize| if number == 0 { String::new() } else { number.to_string() };
            asked.set(rest(of_asked - is_asked));
            refused.set(rest(of_refused - is_refused));
            said.set(if stored == of_asked + of_refused { words.tick_kept } else { "" });
        };
        app.survey.tally(steps, Box::new(on_done));
    };
    let [of_asked, of_refused] = fields;
    form()
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .put(number("batch-asked", words.batch_asked, of_asked))
        .put(number("batch-refused", words.batch_refused, of_refused))
        .put(not_stored_panel(app))
        .put(p().attr("role", "status").put(live(move || shown.get())))
        .put(
            p().class("actions")
                .put(el("button").class("button").attr("type", "submit").put(words.batch_keep)),
        )
}

fn number(id: &'static str, name: &'static str, text: Signal<String>) -> El {
    let typed = text.clone();
    let field = input()
        .id(id)
        .class("input")
        .attr("inputmode", "numeric")
        .attr("autocomplete", "off")
        .value(move || text.get());
    let field = field.on("input", move |event| typed.set(event_target_value(&event)));
    div().class("field").put(label().attr("for", id).put(name)).put(field)
}

/// The numbers of people asked and of refusals. `None` if they are not whole numbers, exceed
/// `COUNTS_MAX` together, are both zero, or if there are more refusals than people asked.
fn read(asked: &str, refused: &str) -> Option<(usize, usize)> {
    let number = |text: &str| {
        if text.trim().is_empty() { Some(0) } else { text.trim().parse::<usize>().ok() }
    };
    let (asked, refused) = (number(asked)?, number(refused)?);
    let fits = refused <= asked && (1..=COUNTS_MAX).contains(&asked.saturating_add(refused));
    fits.then_some((asked, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_sheet_has_whole_numbers_and_no_more_refusals_than_people() {
        assert_eq!(read("12", "3"), Some((12, 3)));
        assert_eq!(read(" 5 ", ""), Some((5, 0)));
        assert_eq!(read("100", "100"), Some((100, 100)));
        for (asked, refused) in [
            ("", ""),
            ("0", "0"),
            ("3", "4"),
            ("x", "1"),
            ("-1", ""),
            ("1.5", ""),
            ("201", ""),
            ("150", "51"),
            ("99999999999999999999", ""),
        ] {
            assert_eq!(read(asked, refused), None, "{asked} {refused}");
        }
    }
}
