//! The fields of each type, in the order of its columns: the order of declaration, which the writer
//! follows too. The compiler ensures that no field is missing; the tests, that none has changed
//! places.

use super::Columnar;
use super::DEGREES;
use super::read::Columns;
use crate::alert::Alert;
use crate::catalogue::{
    Access, AskedAs, Audience, Basis, CatalogueFile, Category, Channels, Event, EventDay, Facility,
    Fee, Hub, InferredField, LifeEvent, LifeStep, MovedDay, Offering, Payment, Point,
    RecurringClosure, ServedElsewhere, Service, SpecialDay, Task, TranslationFile, Who,
};
use crate::hours::{
    Date, Holiday, HolidayRule, Minute, Moment, Nth, Season, Span, Week, Weekday, YearDay,
};
use crate::municipality::{
    AccessibilityContact, CollectionNotice, Colours, Credit, Emergency, Municipality,
    MunicipalityContact,
};
use crate::place::Place;
use crate::provenance::{Provenance, SourceDate};
use crate::survey::{
    AnswerKind, ChoiceOption, Condition, Construct, JourneyStage, Survey, SurveyQuestion,
};
use crate::terminal::Terminal;
use crate::text::{Language, Text};

macro_rules! count {
    ($($field:ident)*) => { [$(stringify!($field)),*].len() };
}

// A field after the semicolon is not in the published form; it reads as empty.
macro_rules! records {
    ($($name:ident { $($field:ident),* $(,)? $(; $empty:ident)? })*) => {$(
        impl Columnar for $name {
            fn read(columns: &mut Columns<'_>) -> Self {
                let resume_at = columns.enter(stringify!($name), 0, count!($($field)*));
                let record = Self { $($field: columns.field(),)* $($empty: Default::default())? };
                columns.leave(resume_at);
                record
            }
        }
    )*};
}

macro_rules! choices {
    ($($name:ident { $($value:ident),* $(,)? })*) => {$(
        impl Columnar for $name {
            fn read(columns: &mut Columns<'_>) -> Self {
                columns.one_of(&[$($name::$value),*])
            }
        }
    )*};
}

records! {
    CatalogueFile { version, published_on, municipality, categories, services, tasks, facilities, hubs, holidays, recurring_closures, survey, elsewhere, places, alerts, terminals, life_events, translations }
    Municipality {
        id, name, formal_name, website, time_zone, languages, contact, emergency, colours, notice, about, accessibility, common_needs, credits,
    }
    MunicipalityContact { phone, toll_free, email, mail, note, source }
    Emergency { line, number, after_hours_phone, after_hours_note, source }
    Colours { accent, accent_dark }
    CollectionNotice { version, authority, purpose, officer_title, officer_address, officer_phone, confirmed }
    AccessibilityContact { email, phone, source }
    Credit { text, url }
    Category { id, name, description, example_searches }
    Channels { online_url, phone, email, in_person }
    Service {
        id, name, summary, category, goal, department, audience, keywords, former_ids, asked, channels, fees, payments, fee, eligibility, documents,
        processing_time, steps, tasks, notes, basis,
        inferred, details_verified, source,
    }
    AskedAs { en, fr }
    Fee { what, cents, from }
    Task { id, name, for_residents, steps, steps_basis, documents, services, counter_evidence, counter_task_confirmed, source; explains }
    Facility { id, name, is_counter, closed_on, open_on, moves_to_working_day, special_days, note, source }
    SpecialDay { month, day, hours }
    RecurringClosure { hubs, nth, weekday, closed, moved, note, source }
    MovedDay { from, to }
    Point { lat, lon, is_building }
    Hub {
        id, name, facility, town, address, postal_code, point, phone, email, hours, seasons, hours_verified, hours_note, also_closed_on, directions, parking, access,
        accessibility,
        tasks, tasks_basis, offerings, notes, event, source,
    }
    Access { step_free_entry, accessible_washroom, hearing_loop, accessible_parking }
    LifeEvent { id, name, summary, keywords, steps }
    LifeStep { text, services }
    TranslationFile { language, sha256 }
    Offering { task, days, by_appointment, payments, note }
    Event { days }
    EventDay { date, hours }
    Provenance { url, date, note, layout, verified }
    Text { en, fr }
    Holiday { id, name, rule, is_statutory, evidence, source }
    Season { name, from, to, hours }
    Week { mon, tue, wed, thu, fri, sat, sun }
    Survey { id, version, title, introduction, thanks, questions }
    SurveyQuestion { id, text, hint, stage, construct, answer, only_if }
    ChoiceOption { id, text }
    Condition { question, any_of }
    ServedElsewhere { id, en, fr, who }
    Place { name, also, lat, lon, source }
    Alert { text, from, until, url }
    Terminal { id, hub, languages, idle_s, is_ephemeral }
}

choices! {
    Audience { Resident, Business, Visitor }
    Basis { Details, Existence, OldOrAmbiguousSource, Inferred }
    InferredField { Keywords, Category, Audience, Department, InPerson, Goal, GeneralPhone }
    Language { English, French }
    Payment { Cash, Cheque, Debit, CreditCard }
    Who { Federal, Province, Utility, Other }
    JourneyStage { Need, Find, Prepare, Ask, Wait, Receive, Reflect }
    Construct { Overall, Timeliness, Knowledge, Fairness, Outcome, Access, Information, Context, Comment, Courtesy, Privacy }
    Weekday { Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday }
}

macro_rules! variant {
    ($columns:ident, $name:ident, $number:literal, $variant:ident { $($field:ident),* }) => {{
        let resume_at = $columns.enter(stringify!($name), $number + 1, count!($($field)*));
        let value = $name::$variant { $($field: $columns.field()),* };
        $columns.leave(resume_at);
        value
    }};
}

impl Columnar for HolidayRule {
    fn read(columns: &mut Columns<'_>) -> Self {
        match columns.within(3) {
            0 => variant!(columns, HolidayRule, 0, Fixed { month, day }),
            1 => variant!(columns, HolidayRule, 1, NthWeekday { nth, weekday, month }),
            2 => variant!(columns, HolidayRule, 2, WeekdayOnOrBefore { weekday, month, day }),
            _ => variant!(columns, HolidayRule, 3, Easter { offset_days }),
        }
    }
}

impl Columnar for AnswerKind {
    fn read(columns: &mut Columns<'_>) -> Self {
        match columns.within(2) {
            0 => variant!(columns, AnswerKind, 0, Scale { labels, may_not_apply }),
            1 => variant!(columns, AnswerKind, 1, Choice { options }),
            _ => AnswerKind::Comment,
        }
    }
}

macro_rules! parsed {
    ($($name:ident: $parse:expr, $otherwise:expr;)*) => {$(
        impl Columnar for $name {
            fn read(columns: &mut Columns<'_>) -> Self {
                columns.parsed($parse, $otherwise)
            }
        }
    )*};
}

parsed! {
    SourceDate: SourceDate::parse, SourceDate { year: 0, month: None, day: None };
    Date: Date::parse, Date::from_days_since_1970(0);
    YearDay: YearDay::parse, YearDay::of(Date::from_days_since_1970(0));
    Span: Span::parse, Span::ALL_DAY;
    Moment: Moment::parse, Moment { date: Date::from_days_since_1970(0), minute: Minute::MIDNIGHT };
}

impl Columnar for String {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.text().into()
    }
}

impl Columnar for Nth {
    fn read(columns: &mut Columns<'_>) -> Self {
        Nth::new(u8::read(columns)).unwrap_or_else(|| {
            columns.break_off();
            Nth::FIRST
        })
    }
}

impl Columnar for bool {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.one_of(&[false, true])
    }
}

impl Columnar for u8 {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.within(u8::MAX.into()) as u8
    }
}

impl Columnar for u32 {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.within(u32::MAX.into()) as u32
    }
}

impl Columnar for i32 {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.signed() as i32
    }
}

impl Columnar for f64 {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.signed() as f64 / DEGREES
    }
}

impl<T: Columnar> Columnar for Option<T> {
    fn read(columns: &mut Columns<'_>) -> Self {
        if bool::read(columns) { Some(T::read(columns)) } else { None }
    }
}

impl<T: Columnar> Columnar for Vec<T> {
    fn read(columns: &mut Columns<'_>) -> Self {
        columns.list(T::read)
    }
}
