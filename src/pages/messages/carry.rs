//! Carries messages by file: saves what waits, imports what another device saved, and returns the
//! receipts.

use crate::app::App;
use crate::browser::files;
use crate::model::carrying::CarryOutcome;
use crate::model::delivery::StoreState;
use crate::ui::icon::icon;
use crate::ui::section::titled_section;
use elements::{El, Signal, View, button, div, input, label, live, p};
use offline::bundle::BundleFault;
use offline::courier::carrying::Released;
use offline::parcel::ParcelTally;
use offline::ports::StorageFault;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};
use wording::{ReturnedReceipts, genuine, receipts_saved, released, saved, taken_in};

/// The section on carrying by file, shown if the device has a store.
pub(crate) fn carry(app: App) -> View {
    let is_ready = Signal::computed(move || *app.delivery.store.read() == StoreState::Ready);
    live(move || is_ready.get().then(|| by_file(app)))
}

fn by_file(app: App) -> El {
    let words = app.words;
    let said: Signal<Option<CarryOutcome>> = Signal::default();
    let shown = said.clone();
    titled_section("carry", words.carry_title)
        .put(p().put(words.carry_text))
        .put(saving(app, &said))
        .put(bringing_in(app, said))
        .put(
            div()
                .attr("role", "status")
                .put(live(move || shown.read().as_ref().map(|carried| outcome(app, carried)))),
        )
}

/// A button for each kind of file that there is something to save in.
fn saving(app: App, said: &Signal<Option<CarryOutcome>>) -> El {
    let words = app.words;
    let (of_messages, of_receipts) = (said.clone(), said.clone());
    let is_waiting =
        Signal::computed(move || ParcelTally::of(&app.delivery.heads.read()).waiting > 0);
    let has_receipts = Signal::computed(move || {
        app.delivery.heads.read().iter().any(|head| head.is_carried() && head.receipt().is_some())
    });
    let messages = live(move || {
        let said = of_messages.clone();
        let save = move || {
            let said = said.clone();
            app.carrying.save_waiting(move |carried| said.set(Some(carried)));
        };
        is_waiting.get().then(|| button(save).class("button").put(words.carry_save))
    });
    let receipts = live(move || {
        let said = of_receipts.clone();
        let save = move || {
            let said = said.clone();
            app.carrying.save_receipts(move |carried| said.set(Some(carried)));
        };
        has_receipts.get().then(|| button(save).class("button").put(words.carry_save_receipts))
    });
    p().class("actions").put(messages).put(receipts)
}

fn bringing_in(app: App, said: Signal<Option<CarryOutcome>>) -> El {
    let words = app.words;
    let chosen = move |event: Event| {
        let Some(field) =
            event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let Some(file) = files::chosen(&field) else { return };
        let said = said.clone();
        app.carrying.bring_in(file, move |outcome| said.set(Some(outcome)));
    };
    let field = input()
        .id("carry-file")
        .class("input")
        .attr("type", "file")
        .attr("aria-describedby", "carry-hint")
        .on("change", chosen);
    div()
        .class("field")
        .put(label().attr("for", "carry-file").put(words.carry_bring))
        .put(p().class("hint").id("carry-hint").put(words.carry_bring_hint))
        .put(field)
}

/// The outcome of saving or importing, and what to do next.
pub(crate) fn outcome(app: App, carried: &CarryOutcome) -> El {
    let (words, language) = (app.words, app.language);
    let (is_wrong, text) = match carried {
        CarryOutcome::Saved(count) => (false, saved(language, *count)),
        CarryOutcome::ReceiptsSaved(count) => (false, receipts_saved(language, *count)),
        CarryOutcome::TakenIn(adopted) => {
            let stopped = adopted.fault.as_ref().map(|fault| no_store(app, fault));
            (
                stopped.is_some(),
                [
                    taken_in(language, adopted.taken, adopted.known).as_str(),
                    stopped.unwrap_or_default(),
                ]
                .concat(),
            )
        }
        CarryOutcome::Released(found) => {
            let Released { received, known, others, doubted } = *found;
            let receipts = ReturnedReceipts { received, known, others, doubted };
            (doubted > 0, released(language, receipts))
        }
        CarryOutcome::Proof(Some(receipt)) => (
            false,
            genuine(
                language,
                &receipt.reference().to_string(),
                &app.moment(receipt.received_at_ms),
            ),
        ),
        CarryOutcome::Proof(None) => (true, words.receipt_doubted.into()),
        CarryOutcome::NotTaken(why) => {
            (true, [fault(app, *why), " ", words.carry_nothing].concat())
        }
        CarryOutcome::NoFile => (true, words.carry_no_file.into()),
        CarryOutcome::NoStore(fault) => (true, no_store(app, fault).into()),
    };
    let (class, picture) =
        if is_wrong { ("panel panel--error", "alert") } else { ("panel", "check") };
    p().class(class).put(icon(picture)).put(" ").put(text)
}

fn no_store(app: App, fault: &StorageFault) -> &'static str {
    if *fault == StorageFault::Full { app.words.carry_full } else { app.words.carry_no_store }
}

/// What is wrong with a file or a code, and what to do.
pub(crate) fn fault(app: App, fault: BundleFault) -> &'static str {
    match fault {
        BundleFault::NotABundle => app.words.carry_not_ours,
        BundleFault::CutShort => app.words.carry_cut_short,
        BundleFault::Damaged => app.words.carry_damaged,
        BundleFault::OtherMunicipality => app.words.carry_elsewhere,
        BundleFault::NewerFormat => app.words.carry_newer,
        BundleFault::TooLarge => app.words.carry_too_large,
    }
}
