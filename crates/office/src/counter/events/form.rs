//! The form of an event: the fields as they were typed, and the location that they describe once
//! they are valid.

use crate::form::{FieldFault, FromFields, TypedFields};
use crate::gaps::slug;
use crate::pages::PageFrame;
use domain::catalogue::{Access, Catalogue, Event, EventDay, Hub, Offering, Point};
use domain::hours::{Date, Minute, Span};
use domain::provenance::Provenance;
use domain::{FacilityId, HubId, TaskId};
use std::collections::BTreeMap;

/// Rows for days; a longer event is entered as two.
pub(super) const DAYS_MAX: usize = 10;
/// Rows that are always visible.
const DAYS_SHOWN: usize = 3;
const TEXT_CHARS_MAX: usize = 120;
/// Events of the same name on the same day.
const NAMESAKES_MAX: usize = 20;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct EventForm {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) place: String,
    pub(super) town: String,
    pub(super) address: String,
    pub(super) phone: String,
    pub(super) accessibility: String,
    /// Date, from, to.
    days: Vec<[String; 3]>,
    pub(super) tasks: Vec<TaskId>,
    /// The id of a location whose tasks the event offers too; may be empty.
    pub(super) like: String,
}

/// A row for one day.
pub(super) struct DayView {
    pub(super) number: usize,
    pub(super) date: String,
    pub(super) from: String,
    pub(super) to: String,
}

impl FromFields for EventForm {
    /// Never fails: an event has many fields, and [`EventForm::hub`] names all their faults at
    /// once.
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let text = |name: &str| fields.text(name).to_string();
        let days = (1..=DAYS_MAX)
            .map(|at| ["date", "from", "to"].map(|field| text(&format!("{field}-{at}"))));
        Ok(Self {
            name: text("name"),
            kind: text("kind"),
            place: text("place"),
            town: text("town"),
            address: text("address"),
            phone: text("phone"),
            accessibility: text("accessibility"),
            days: days.filter(|row| row.iter().any(|field| !field.is_empty())).collect(),
            tasks: catalogue
                .tasks()
                .iter()
                .map(|task| &task.id)
                .filter(|id| fields.has(&format!("task-{id}")))
                .cloned()
                .collect(),
            like: text("like"),
        })
    }
}

impl EventForm {
    /// A form that copies an event, except its days.
    pub(super) fn like(hub: &Hub) -> Self {
        Self {
            name: hub.name.clone(),
            kind: hub.facility.to_string(),
            place: hub.town.clone(),
            town: hub.town.clone(),
            address: hub.address.clone().unwrap_or_default(),
            phone: hub.phone.clone().unwrap_or_default(),
            accessibility: hub.accessibility.clone().unwrap_or_default(),
            days: Vec::new(),
            tasks: hub.tasks.clone(),
            like: String::new(),
        }
    }

    /// Visible rows: the rows that were typed, and an empty one.
    pub(super) fn shown(&self) -> usize {
        (self.days.len() + 1).clamp(DAYS_SHOWN, DAYS_MAX)
    }

    /// The rows that were typed, padded with empty ones.
    pub(super) fn day_rows(&self) -> Vec<DayView> {
        let empty = Default::default();
        let row = |at: usize| {
            let [date, from, to] = self.days.get(at).unwrap_or(&empty).clone();
            DayView { number: at + 1, date, from, to }
        };
        (0..DAYS_MAX).map(row).collect()
    }

    /// The location, or all faults in words.
    pub(super) fn hub(
        &self,
        f: &PageFrame,
        catalogue: &Catalogue,
        today: Date,
        is_taken: impl Fn(&HubId) -> bool,
    ) -> Result<Hub, Vec<String>> {
        let point = catalogue
            .place_names()
            .into_iter()
            .find(|(name, _)| *name == self.place)
            .map(|(_, position)| position);
        let kind = FacilityId::parse(&self.kind).ok().filter(|id| catalogue.facility(id).is_some());
        let days = self.event_days();
        let (tasks, offerings) = self.inventory(catalogue);
        let faults: Vec<String> = [
            self.text_fault(f),
            point.is_none().then(|| f.t("Choose a community.", "Choisissez une localité.")),
            kind.is_none().then(|| {
                f.t("Choose a type of location.", "Choisissez un type de point de service.")
            }),
            days_fault(f, days.as_deref(), today),
            tasks.is_empty().then(|| {
                f.t(
                    "Choose at least one task, or a location with the same tasks.",
                    "Choisissez au moins une tâche, ou un point de service qui fait les mêmes.",
                )
            }),
        ]
        .into_iter()
        .flatten()
        .map(String::from)
        .collect();
        let id = days
            .as_ref()
            .and_then(|days| days.first())
            .and_then(|day| id_of(&self.name, day.date, is_taken));
        let (Some(id), Some(point), Some(facility), Some(days), true) =
            (id, point, kind, days, faults.is_empty())
        else {
            return Err(faults);
        };
        let point = Point { lat: point.lat, lon: point.lon, is_building: false };
        let hub = self.placed(id, facility, point, today);
        Ok(Hub { tasks, offerings, event: Some(Event { days }), ..hub })
    }

    fn text_fault(&self, f: &PageFrame) -> Option<&'static str> {
        let fits = |text: &String| text.chars().count() <= TEXT_CHARS_MAX;
        let is_fine = !self.name.is_empty()
            && [&self.name, &self.town, &self.address, &self.phone, &self.accessibility]
                .into_iter()
                .all(fits);
        (!is_fine).then(|| {
            f.t(
                "Enter a name. Each text can have 120 characters at most.",
                "Entrez un nom. Chaque texte compte au plus 120 caractères.",
            )
        })
    }

    /// The location with what was typed about it, without tasks and days.
    fn placed(&self, id: HubId, facility: FacilityId, point: Point, today: Date) -> Hub {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        Hub {
            id,
            name: self.name.clone(),
            facility,
            town: some(&self.town).unwrap_or_else(|| self.place.clone()),
            address: some(&self.address),
            postal_code: None,
            point,
            phone: some(&self.phone),
            email: None,
            hours: Default::default(),
            seasons: Vec::new(),
            // The author of an event states its hours.
            hours_verified: true,
            hours_note: None,
            also_closed_on: Vec::new(),
            directions: None,
            parking: None,
            access: Access::default(),
            accessibility: some(&self.accessibility),
            tasks: Vec::new(),
            tasks_basis: None,
            offerings: Vec::new(),
            notes: None,
            event: None,
            source: Provenance {
                note: Some(format!("Made by the office on {today}.")),
                ..Provenance::default()
            },
        }
    }

    /// The days in order, each once; `None` if a row is incomplete or invalid.
    fn event_days(&self) -> Option<Vec<EventDay>> {
        let mut days: BTreeMap<Date, Vec<Span>> = BTreeMap::new();
        for [date, from, to] in &self.days {
            let span = Span::new(Minute::parse(from)?, Minute::parse(to)?)?;
            days.entry(Date::parse(date)?).or_default().push(span);
        }
        days.values_mut().for_each(|spans| spans.sort_by_key(|span| span.from()));
        Some(days.into_iter().map(|(date, hours)| EventDay { date, hours }).collect())
    }

    /// The chosen tasks plus all tasks of the location `like`, with its payments but without its
    /// weekdays.
    fn inventory(&self, catalogue: &Catalogue) -> (Vec<TaskId>, Vec<Offering>) {
        let like = HubId::parse(&self.like).ok().and_then(|id| catalogue.hub(&id));
        let (mut tasks, mut offerings) = (self.tasks.clone(), Vec::new());
        if let Some(hub) = like {
            tasks.extend(hub.tasks.iter().cloned());
            offerings.extend(
                hub.offerings.iter().filter(|offering| !offering.payments.is_empty()).map(
                    |offering| Offering {
                        days: Vec::new(),
                        by_appointment: false,
                        note: None,
                        ..offering.clone()
                    },
                ),
            );
        }
        tasks.sort();
        tasks.dedup();
        (tasks, offerings)
    }
}

/// What is wrong with the days; they are `None` if a row is incomplete or invalid.
fn days_fault(f: &PageFrame, days: Option<&[EventDay]>, today: Date) -> Option<&'static str> {
    match days {
        None => Some(f.t(
            "Give each day a date, a start and an end, such as 10:00 and 16:00.",
            "Donnez à chaque jour une date, un début et une fin, par exemple 10:00 et 16:00.",
        )),
        Some([]) => Some(f.t("Enter at least one day.", "Entrez au moins un jour.")),
        Some(days) if days.iter().any(|day| day.date < today) => {
            Some(f.t("A day is in the past.", "Un jour est déjà passé."))
        }
        Some(_) => None,
    }
}

/// A free id made of the name and the first day; `None` if all are taken.
fn id_of(name: &str, first: Date, is_taken: impl Fn(&HubId) -> bool) -> Option<HubId> {
    let stem = format!("{}-{first}", slug(name));
    let ids = std::iter::once(stem.clone())
        .chain((2..=NAMESAKES_MAX).map(|number| format!("{stem}-{number}")));
    ids.filter_map(|id| HubId::parse(&id).ok()).find(|id| !is_taken(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::pine_harbour;
    use crate::pages::bare_frame;
    use domain::Language;

    fn frame(language: Language) -> PageFrame {
        PageFrame { language, ..bare_frame() }
    }

    fn form(days: &[[&str; 3]]) -> EventForm {
        EventForm {
            name: "Fête du lac & fair".into(),
            kind: "dock".into(),
            place: "Pine Harbour".into(),
            days: days.iter().map(|row| row.map(String::from)).collect(),
            like: "town-hall".into(),
            ..EventForm::default()
        }
    }

    fn made(form: &EventForm) -> Result<Hub, Vec<String>> {
        form.hub(
            &frame(Language::English),
            &pine_harbour(),
            Date::parse("2026-12-01").unwrap(),
            |id| id.as_str() == "fete-du-lac-fair-2026-12-05",
        )
    }

    #[test]
    fn days_stand_in_order_and_a_day_in_two_parts_is_one_day() {
        let hub = made(&form(&[
            ["2026-12-06", "10:00", "12:00"],
            ["2026-12-05", "13:00", "17:00"],
            ["2026-12-05", "09:00", "12:00"],
        ]))
        .unwrap();
        let days = hub.event.unwrap().days;
        assert_eq!(
            days.iter()
                .map(|day| format!(
                    "{} {:?}",
                    day.date,
                    day.hours.iter().map(ToString::to_string).collect::<Vec<_>>()
                ))
                .collect::<Vec<_>>(),
            ["2026-12-05 [\"09:00-12:00\", \"13:00-17:00\"]", "2026-12-06 [\"10:00-12:00\"]"]
        );
        assert_eq!(
            hub.id.as_str(),
            "fete-du-lac-fair-2026-12-05-2",
            "one of this name is there already"
        );
        assert_eq!(hub.tasks.len(), 2);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let faults = made(&EventForm {
            days: vec![["2026-12-05".into(), "16:00".into(), "10:00".into()]],
            ..EventForm::default()
        })
        .unwrap_err();
        assert_eq!(faults.len(), 5, "{faults:?}");
        assert_eq!(made(&form(&[])).unwrap_err(), ["Enter at least one day."]);
        assert_eq!(
            made(&form(&[["2026-11-30", "10:00", "12:00"]])).unwrap_err(),
            ["A day is in the past."]
        );
    }
}
