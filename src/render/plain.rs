//! Forms that a browser sends without scripts, and what their answers show. The server knows what
//! was typed, the time and what is stored; the pages are the app's own.

mod survey;

use crate::app::App;
use crate::browser::clock::told;
use crate::route::{AboutRecord, PageAddress, Route};
use domain::QuestionId;
use domain::hours::Moment;
use domain::inquiry::{ContactChoice, InquiryDraft};
use domain::office::OfficeOffer;
use domain::status::{Status, StatusThread};
use domain::submission::Receipt;
use domain::survey::SurveyAnswer;
use domain::{Catalogue, HubId, Language, ServiceId};
use serde::{Deserialize, Serialize};
pub use survey::{PlainSurvey, SurveyTurn};
pub(crate) use survey::{answer_fields, is_open_to_all};

/// The fields of a form, at most: a survey has a hidden field for each answer.
const FIELDS_MAX: usize = 200;

/// The fields of a form as they were typed, with LF as the end of lines. Of fields with the same
/// name, the first counts; those beyond [`FIELDS_MAX`] are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlainFields(Vec<(String, String)>);

impl PlainFields {
    /// Takes names and values in their order.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        // Browsers end lines of form fields with CR LF.
        let tidy = |(name, value): (String, String)| (name, value.replace("\r\n", "\n"));
        Self(pairs.take(FIELDS_MAX).map(tidy).collect())
    }

    /// The value of a field; empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(of, _)| of == name)
    }

    /// The question as typed. A service or location that the catalogue does not have is left out.
    pub fn question(&self, catalogue: &Catalogue) -> InquiryDraft {
        let about = self.about(catalogue);
        InquiryDraft {
            service: about.service,
            hub: about.hub,
            message: self.text("message").into(),
            name: self.text("name").into(),
            contact: contact_of(self.text("contact")),
            phone: self.text("phone").into(),
            email: self.text("email").into(),
        }
    }

    pub(super) fn about(&self, catalogue: &Catalogue) -> AboutRecord {
        let service = ServiceId::parse(self.text("service")).ok();
        let hub = HubId::parse(self.text("hub")).ok();
        AboutRecord {
            service: service.filter(|id| catalogue.service(id).is_some()),
            hub: hub.filter(|id| catalogue.hub(id).is_some()),
        }
    }
}

fn contact_of(value: &str) -> ContactChoice {
    [ContactChoice::Phone, ContactChoice::Email, ContactChoice::None]
        .into_iter()
        .find(|choice| contact_value(*choice) == value)
        .unwrap_or_default()
}

/// The value of a choice in a form.
pub(crate) fn contact_value(choice: ContactChoice) -> &'static str {
    match choice {
        ContactChoice::NotChosen => "",
        ContactChoice::Phone => "phone",
        ContactChoice::Email => "email",
        ContactChoice::None => "none",
    }
}

/// Why something that a form sent was not stored. What was typed is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlainTrouble {
    /// The form has no number, or one that no server gave out, or what was sent with it is erased;
    /// or the survey has changed since the answers were given. The person sends it again.
    NoNumber,
    /// The form was sent before, with other words.
    UsedBefore,
    /// The network of the sender has no budget left for this day.
    OverBudget,
    /// The store did not answer.
    NotStored,
    /// Nothing is stored during maintenance.
    Maintenance,
}

/// What a status form found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum StatusFinding {
    /// Nobody has asked yet.
    NotAsked,
    /// What was typed is no reference number.
    WrongReference,
    /// What was typed is no tracking code.
    WrongCode,
    /// The server knows no such receipt.
    Unknown,
    /// The store did not answer.
    NoAnswer,
    /// The status, the conversation and, of a closed inquiry, what follows `/s/` in the survey's
    /// address.
    Found(Status, StatusThread, Option<String>),
}

/// The page that answers a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PlainPage {
    /// The form for a question, as it was typed; with its faults if `is_checked`.
    Ask {
        /// What was typed.
        draft: InquiryDraft,
        /// Whether its faults are shown.
        is_checked: bool,
    },
    /// The review of a question before it is sent.
    AskCheck {
        /// What was typed.
        draft: InquiryDraft,
        /// Why it was not stored, if the person has tried to send it.
        trouble: Option<PlainTrouble>,
    },
    /// The receipt of a question.
    Asked {
        /// As the server signed it.
        receipt: Receipt,
        /// The tracking code.
        secret: [u8; 16],
        /// How the person wants the reply.
        contact: ContactChoice,
    },
    /// The form for the status of a question, and what it found.
    Status {
        /// The reference number as typed.
        reference: String,
        /// The tracking code as typed.
        secret: String,
        /// What was found.
        finding: StatusFinding,
    },
    /// The survey's first page.
    SurveyStart {
        /// What was answered so far.
        survey: PlainSurvey,
    },
    /// A question of the survey; with its fault if `is_checked`.
    SurveyQuestion {
        /// What was answered so far.
        survey: PlainSurvey,
        /// The question.
        question: QuestionId,
        /// What was chosen or typed in place of the answer that it has.
        typed: Option<SurveyAnswer>,
        /// Whether its fault is shown.
        is_checked: bool,
    },
    /// The review of the answers before they are sent.
    SurveyCheck {
        /// What was answered.
        survey: PlainSurvey,
        /// Why it was not stored, if the person has tried to send it.
        trouble: Option<PlainTrouble>,
    },
    /// Thanks for the answers.
    SurveyDone,
}

/// All that a page shows which answers a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlainAnswer {
    /// The page.
    pub page: PlainPage,
    /// The language of its texts.
    pub language: Language,
    /// The number of the form on it, with which what it sends is stored once.
    pub number: String,
    /// Milliseconds since 1970.
    pub now_ms: u64,
    /// The municipality's wall clock at each time on the page, in milliseconds since 1970, now
    /// included.
    pub times: Vec<(u64, Moment)>,
    /// What the office promises.
    pub offer: OfficeOffer,
}

impl PlainAnswer {
    /// The address of the app's page that shows it.
    pub(super) fn address(&self) -> PageAddress {
        let route = match &self.page {
            PlainPage::Ask { .. } => Route::Ask(Default::default()),
            PlainPage::AskCheck { .. } => Route::AskCheck,
            PlainPage::Asked { receipt, .. } => Route::Message(receipt.id),
            PlainPage::Status { .. } => Route::Status,
            PlainPage::SurveyStart { .. } => Route::Feedback(Default::default()),
            PlainPage::SurveyQuestion { question, .. } => Route::FeedbackQuestion(question.clone()),
            PlainPage::SurveyCheck { .. } => Route::FeedbackCheck,
            PlainPage::SurveyDone => Route::FeedbackDone,
        };
        PageAddress { language: self.language, route }
    }
}

/// What pages as text know beside the model. A page that answers no form has only the number.
#[derive(Default)]
pub(crate) struct PlainState {
    /// The form's fields and what came of them. `None` if the page answers no form.
    pub(crate) page: Option<PlainPage>,
    /// The number in the form's hidden field, by which it is stored only once.
    pub(crate) number: String,
}

/// The model as it is on a page that answers no form, with nothing of the page before.
pub(super) fn begin_empty(app: App, number: &str) {
    app.plain.set(PlainState { page: None, number: number.into() });
    app.inquiry.draft.set(InquiryDraft::default());
    app.inquiry.faults.set(Vec::new());
    app.inquiry.set_stored(None);
    app.survey.show(Default::default());
    app.delivery.offer.set(None);
    told::set(0, Vec::new());
}

/// The model as it is on the page that answers a form.
pub(super) fn begin(app: App, answer: PlainAnswer) {
    begin_empty(app, &answer.number);
    told::set(answer.now_ms, answer.times);
    app.delivery.offer.set(Some(answer.offer));
    match &answer.page {
        PlainPage::Ask { draft, is_checked } => {
            app.inquiry.draft.set(draft.clone());
            if *is_checked {
                // Shows the faults; there is nothing to send on this page.
                let _ = app.inquiry.check(answer.language);
            }
        }
        PlainPage::AskCheck { draft, .. } => app.inquiry.draft.set(draft.clone()),
        PlainPage::SurveyStart { survey }
        | PlainPage::SurveyQuestion { survey, .. }
        | PlainPage::SurveyCheck { survey, .. } => {
            app.survey.show(survey.draft(app.catalogue.survey()));
        }
        PlainPage::Asked { receipt, contact, .. } => {
            app.inquiry.set_stored(Some((receipt.id, *contact)));
        }
        PlainPage::Status { .. } | PlainPage::SurveyDone => {}
    }
    app.plain.set(PlainState { page: Some(answer.page), number: answer.number });
}
