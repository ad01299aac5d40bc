//! Parts of what search engines read about a page, in the terms of schema.org: the breadcrumb of
//! the page, what kind of place a location is, and the coming days on which its hours differ from
//! the usual ones.

use community_hub_app::render::RenderedPage;
use domain::Catalogue;
use domain::catalogue::Hub;
use domain::hours::{Date, DayHours, Hours};
use serde_json::{Value, json};

/// Number of days ahead for which special days are listed. A site is usually built more often than
/// that.
const SPECIAL_DAYS_AHEAD: i32 = 120;

/// The breadcrumb of a page, from the link above its heading. `None` if the page has no such link.
pub(crate) fn way_to(page: &RenderedPage) -> Option<Value> {
    let (_, rest) = page.body.split_once("<p class=\"crumb\"><a ")?;
    let (tag, rest) = rest.split_once('>')?;
    let (name, _) = rest.split_once("</a>")?;
    let (_, path) = tag.split_once("href=\"")?;
    let path = path.split('"').next()?;
    let step = |position: u8, name: &str, path: &str| {
        json!({
            "@type": "ListItem",
            "position": position,
            "name": name,
            "item": path,
        })
    };
    Some(json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            step(1, &text_of(name), &text_of(path)),
            step(2, &page.title, &page.path),
        ],
    }))
}

/// A text of a page without the escapes of HTML.
fn text_of(html: &str) -> String {
    let text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
}

/// The kind of place that a location is: an office where a counter serves people, else any public
/// building.
pub(crate) fn kind_of_place(catalogue: &Catalogue, hub: &Hub) -> &'static str {
    let facility = catalogue.facility(&hub.facility);
    match facility.is_some_and(|facility| facility.is_counter) {
        true => "GovernmentOffice",
        false => "CivicStructure",
    }
}

/// The days from `from` on, on which a location has other hours than usual, if they are confirmed.
pub(crate) fn special_hours(catalogue: &Catalogue, hub: &Hub, from: Date) -> Vec<Value> {
    let hours = Hours::of(catalogue, hub);
    let days = (0..SPECIAL_DAYS_AHEAD).map(|days| hours.on(from.plus_days(days)));
    let special = days.filter(|plan| plan.is_certain).filter(|plan| {
        let usual = hours.usual_week(plan.date).on(plan.date.weekday());
        usual.is_none_or(|usual| DayHours::of(usual) != plan.hours)
    });
    special
        .flat_map(|plan| {
            let date = plan.date.to_string();
            let of = move |opens: &str, closes: &str| {
                json!({
                    "@type": "OpeningHoursSpecification",
                    "validFrom": date,
                    "validThrough": date,
                    "opens": opens,
                    "closes": closes,
                })
            };
            match plan.hours {
                // How schema.org says closed.
                DayHours::Closed => vec![of("00:00", "00:00")],
                DayHours::Open(spans) => spans
                    .iter()
                    .map(|span| of(&span.from().to_string(), &span.to().to_string()))
                    .collect(),
                DayHours::Unknown => Vec::new(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use community_hub_app::render::PageSubject;
    use domain::catalogue::SpecialDay;
    use domain::text::Language;

    fn page(body: &str) -> RenderedPage {
        RenderedPage {
            subject: PageSubject::Other,
            language: Language::English,
            path: "/services/dog-tag".into(),
            languages: Vec::new(),
            title: "Dog tag".into(),
            description: String::new(),
            body: body.into(),
        }
    }

    #[test]
    fn the_way_to_a_page_is_the_link_above_its_heading() {
        let body =
            "<p class=\"crumb\"><a href=\"/topics/land\" lang=\"en\">Roads &amp; land</a></p>";
        let way = way_to(&page(body)).unwrap();
        let steps = way["itemListElement"].as_array().unwrap();
        assert_eq!(
            (&steps[0]["name"], &steps[0]["item"]),
            (&"Roads & land".into(), &"/topics/land".into())
        );
        assert_eq!(
            (&steps[1]["name"], &steps[1]["item"]),
            (&"Dog tag".into(), &"/services/dog-tag".into())
        );
        assert_eq!(way_to(&page("<h1>Home</h1>")), None);
    }

    #[test]
    fn special_days_are_named_only_where_they_are_confirmed() {
        let from = Date::parse("2026-01-01").unwrap();
        let special = |is_verified: bool| {
            let catalogue = sample::checked(|town| {
                for facility in &mut town.facilities {
                    facility.source.verified = is_verified;
                    facility.source.url = Some("https://example.org/hours".into());
                    facility.special_days =
                        vec![SpecialDay { month: 1, day: 8, hours: Vec::new() }];
                }
                for hub in &mut town.hubs {
                    hub.hours_verified = hub.id.as_str() == "town-hall";
                }
            });
            let hub = catalogue.hub(&sample::id("town-hall")).unwrap();
            special_hours(&catalogue, hub, from)
        };
        let on = |day: &Value| day["validFrom"] == "2026-01-08" && day["opens"] == day["closes"];
        assert!(special(true).iter().any(on), "{:?}", special(true));
        assert!(!special(false).iter().any(on));
    }
}
