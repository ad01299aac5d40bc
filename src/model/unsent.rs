//! What a person wrote and did not send, for the time after a reload or a crash. The text is one
//! line of fields; [`crate::browser::unsent`] stores it where only this tab can read it.

use super::inquiry::InquiryForm;
use super::role::DeviceRole;
use super::survey::{SurveyDraft, SurveyForm, SurveyLink};
use crate::browser::task::spawn;
use crate::browser::unsent;
use crate::route::{AboutRecord, Route};
use domain::inquiry::{ContactChoice, InquiryDraft};
use domain::survey::{Answers, Survey, SurveyAnswer};
use domain::text::is_blank;
use domain::{Catalogue, HubId, QuestionId, ServiceId};
use elements::{Signal, follow};
use std::cell::Cell;

/// Changes with the layout of the fields. Another layout is not read: a day later it is gone.
const FORMAT: &str = "1";
/// Separates fields (U+001F, unit separator). Nobody types it, and it is taken out of what is
/// pasted.
const SEPARATOR: char = '\u{1f}';
const CONTACTS: [ContactChoice; 4] =
    [ContactChoice::NotChosen, ContactChoice::Phone, ContactChoice::Email, ContactChoice::None];

/// What was written before this page was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct UnsentText {
    /// The number of the person who works with this staff tablet. 0 on a person's own device.
    writer: usize,
    inquiry: InquiryDraft,
    survey: SurveyDraft,
}

impl UnsentText {
    fn has_words(&self) -> bool {
        self.inquiry.has_words() || self.survey.answers.say_something()
    }

    fn written(&self) -> String {
        let Self { inquiry, survey, writer } = self;
        let contact = CONTACTS.iter().position(|choice| *choice == inquiry.contact).unwrap_or(0);
        let about = &survey.about;
        let mut fields = vec![
            FORMAT.to_string(),
            writer.to_string(),
            contact.to_string(),
            inquiry.message.clone(),
            inquiry.name.clone(),
            inquiry.phone.clone(),
            inquiry.email.clone(),
            text_of(&inquiry.service),
            text_of(&inquiry.hub),
            text_of(&survey.link),
            text_of(&about.service),
            text_of(&about.hub),
            text_of(&survey.started_ms),
        ];
        for (question, answer) in survey.answers.iter() {
            fields.extend([question.to_string(), answer_text(answer)]);
        }
        let plain = fields.iter().map(|field| field.split(SEPARATOR).collect::<String>());
        plain.collect::<Vec<_>>().join("\u{1f}")
    }

    /// `None` if the text has another layout. An id or an answer that the catalogue no longer has
    /// is left out.
    fn read(text: &str, survey: &Survey) -> Option<Self> {
        let mut fields = text.split(SEPARATOR);
        let mut next = || fields.next();
        if next()? != FORMAT {
            return None;
        }
        let writer = next()?.parse().ok()?;
        let contact = *CONTACTS.get(next()?.parse::<usize>().ok()?)?;
        let mut inquiry = InquiryDraft { contact, ..Default::default() };
        let texts =
            [&mut inquiry.message, &mut inquiry.name, &mut inquiry.phone, &mut inquiry.email];
        for field in texts {
            *field = next()?.into();
        }
        inquiry.service = ServiceId::parse(next()?).ok();
        inquiry.hub = HubId::parse(next()?).ok();
        let link = SurveyLink::parse(next()?);
        let (service, hub) = (ServiceId::parse(next()?).ok(), HubId::parse(next()?).ok());
        let started_ms = next()?.parse().ok();
        let mut answers = Answers::default();
        while let (Some(question), Some(answer)) = (fields.next(), fields.next()) {
            if let Some((question, answer)) =
                QuestionId::parse(question).ok().zip(answer_of(answer))
            {
                // An answer that does not fit a newer survey is asked again.
                let _ = answers.set(survey, &question, answer);
            }
        }
        let about = AboutRecord { service, hub };
        Some(Self { writer, inquiry, survey: SurveyDraft { answers, about, link, started_ms } })
    }
}

fn text_of(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// An answer as one short text: a letter for its kind, then its value.
pub(crate) fn answer_text(answer: &SurveyAnswer) -> String {
    match answer {
        SurveyAnswer::Scale(point) => ["s", &point.to_string()].concat(),
        SurveyAnswer::Choice(id) => ["c", id.as_str()].concat(),
        SurveyAnswer::Comment(text) => ["t", text].concat(),
        SurveyAnswer::DoesNotApply => "n".into(),
        SurveyAnswer::Skipped => "k".into(),
    }
}

/// Parses what [`answer_text`] wrote. `None` if it is nothing of the kind.
pub(crate) fn answer_of(text: &str) -> Option<SurveyAnswer> {
    let (kind, rest) = text.split_at_checked(1)?;
    match kind {
        "s" => rest.parse().ok().map(SurveyAnswer::Scale),
        "c" => QuestionId::parse(rest).ok().map(SurveyAnswer::Choice),
        "t" => Some(SurveyAnswer::Comment(rest.into())),
        "n" => Some(SurveyAnswer::DoesNotApply),
        "k" => Some(SurveyAnswer::Skipped),
        _ => None,
    }
}

/// What is stored of this tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoredText {
    /// It was not read yet, or this device stores nothing of the kind.
    Unread,
    /// The person has not decided yet whether to continue it.
    Offered(Box<UnsentText>),
    /// What is in the forms.
    Current,
}

/// Stores what is typed until it is sent, and offers it after a reload.
pub(crate) struct UnsentWords {
    catalogue: &'static Catalogue,
    role: &'static DeviceRole,
    inquiry: &'static InquiryForm,
    survey: &'static SurveyForm,
    /// What this tab stored before the page was loaded.
    pub(crate) stored: Signal<StoredText>,
    /// Set when the person continues, so that the page shows what is in the forms now.
    pub(crate) is_continued: Signal<bool>,
    /// The number of the person who works with this staff tablet. 0 before one has unlocked it.
    writer: Cell<usize>,
}

impl UnsentWords {
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        inquiry: &'static InquiryForm,
        survey: &'static SurveyForm,
    ) -> Self {
        let stored = Signal::new(StoredText::Unread);
        let (is_continued, writer) = (Signal::new(false), Cell::new(0));
        Self { catalogue, role, inquiry, survey, stored, is_continued, writer }
    }

    /// Reads what was written before, then stores what is typed from now on. Never on a public
    /// device.
    pub(crate) fn watch(&'static self) {
        if self.role.is_public() {
            return;
        }
        follow(Box::new(move || self.store()));
        spawn(async move {
            let text = UnsentText::read(&unsent::read().await, self.catalogue.survey());
            let is_mine = |text: &UnsentText| [0, text.writer].contains(&self.writer.get());
            let text = text.filter(UnsentText::has_words).filter(is_mine).map(Box::new);
            self.stored.set(text.map_or(StoredText::Current, StoredText::Offered));
        });
    }

    /// Deletes what this tab has stored, and stores no more: its computer is shared. What is in the
    /// forms stays there.
    pub(crate) fn leave_nothing(&self) {
        self.decline();
        unsent::write("");
    }

    /// Stores what is in the forms. What was offered stays until the person has decided.
    fn store(&self) {
        let text = UnsentText {
            writer: self.writer.get(),
            inquiry: self.inquiry.draft.get(),
            survey: self.survey.draft(),
        };
        if matches!(*self.stored.read(), StoredText::Current) && !self.role.is_public() {
            unsent::write(&if text.has_words() { text.written() } else { String::new() });
        }
    }

    /// Puts what was offered back into the forms, before what was typed since. Returns the page to
    /// go on with.
    pub(crate) fn go_on(&self) -> Route {
        let StoredText::Offered(text) = self.stored.get_untracked() else { return Route::Home };
        let UnsentText { mut inquiry, survey, .. } = *text;
        let since = self.inquiry.draft.get_untracked();
        let is_question = inquiry.has_words();
        if is_question {
            if !is_blank(&since.message) {
                inquiry.message = [&inquiry.message, "\n\n", &since.message].concat();
            }
            for (old, new) in [
                (&mut inquiry.name, since.name),
                (&mut inquiry.phone, since.phone),
                (&mut inquiry.email, since.email),
            ] {
                if !is_blank(&new) {
                    *old = new;
                }
            }
            if since.contact != ContactChoice::NotChosen {
                inquiry.contact = since.contact;
            }
            if since.service.is_some() || since.hub.is_some() {
                (inquiry.service, inquiry.hub) = (since.service, since.hub);
            }
            self.inquiry.draft.set(inquiry);
        }
        let in_survey = self.survey.take_up(survey);
        self.stored.set(StoredText::Current);
        self.is_continued.set(true);
        if is_question { Route::Ask(AboutRecord::default()) } else { in_survey }
    }

    /// Deletes what was offered.
    pub(crate) fn decline(&self) {
        if matches!(*self.stored.read_untracked(), StoredText::Offered(_)) {
            self.stored.set(StoredText::Current);
        }
    }

    /// Deletes what all tabs of this browser have stored, and what is in the forms of this one.
    pub(crate) fn clear(&self) {
        self.inquiry.draft.set(InquiryDraft::default());
        self.survey.answers.set(Answers::default());
        self.decline();
        unsent::clear();
    }

    /// Notes who has unlocked this staff tablet. Nobody is offered what another person wrote.
    #[cfg(feature = "counter")]
    pub(super) fn is_written_by(&self, writer: usize) {
        self.writer.set(writer);
        let is_foreign = matches!(
            &*self.stored.read_untracked(),
            StoredText::Offered(text) if text.writer != writer
        );
        if is_foreign {
            self.decline();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::collector::{CollectorCode, Ticket, Way};
    use domain::survey::AnswerKind;
    use sample::checked;

    fn question() -> InquiryDraft {
        InquiryDraft {
            service: ServiceId::parse("dog-licence").ok(),
            message: "Où?\nà « midi »".into(),
            name: "Ann".into(),
            contact: ContactChoice::Email,
            email: "a@b.ca".into(),
            ..Default::default()
        }
    }

    #[test]
    fn what_was_typed_is_read_back_as_it_was_written() {
        let town = checked(|_| {});
        let mut answers = Answers::default();
        for question in &town.survey().questions {
            let answer = match &question.answer {
                AnswerKind::Scale { .. } => SurveyAnswer::Scale(4),
                AnswerKind::Choice { options } => SurveyAnswer::Choice(options[0].id.clone()),
                AnswerKind::Comment => SurveyAnswer::Comment("k’s\ncalm".into()),
            };
            answers.set(town.survey(), &question.id, answer).expect("it fits");
        }
        let link = CollectorCode::new(Way::AfterInquiry, 1, [9; 16]);
        let link = Some(SurveyLink { code: link, ticket: Some(Ticket([7; 16])) });
        let about = AboutRecord { service: None, hub: HubId::parse("tower").ok() };
        let survey = SurveyDraft { answers, about, link, started_ms: Some(12) };
        let text = UnsentText { writer: 2, inquiry: question(), survey };
        assert_eq!(UnsentText::read(&text.written(), town.survey()), Some(text));
    }

    #[test]
    fn a_separator_in_what_was_pasted_moves_no_field() {
        let town = checked(|_| {});
        let inquiry = InquiryDraft { message: "a\u{1f}b".into(), ..question() };
        let text = UnsentText { inquiry, ..Default::default() };
        let read = UnsentText::read(&text.written(), town.survey()).expect("it reads");
        assert_eq!((read.inquiry.message.as_str(), read.inquiry.name.as_str()), ("ab", "Ann"));
    }

    #[test]
    fn a_text_that_is_damaged_or_of_another_layout_is_not_read() {
        let town = checked(|_| {});
        let good = UnsentText { inquiry: question(), ..Default::default() }.written();
        for text in ["", "1", "2", &good.replacen('1', "9", 1), &good[..20], "1\u{1f}0\u{1f}9"] {
            assert_eq!(UnsentText::read(text, town.survey()), None, "{text}");
        }
        let unknown = [&good, "\u{1f}no-such\u{1f}s9\u{1f}x"].concat();
        assert!(UnsentText::read(&unknown, town.survey()).is_some_and(|text| text.has_words()));
    }
}
