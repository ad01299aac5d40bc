//! The device's clock, and the municipality's wall clock whatever time zone the device is in.

use domain::hours::{Date, Minute, Moment};
use js_sys::{Array, Function, Intl, Object, Reflect};
use offline::ports::Clock;
use wasm_bindgen::{JsCast, JsValue};

/// The device's clock, read from `Date.now()`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserClock;

impl Clock for BrowserClock {
    fn now_ms(&self) -> u64 {
        js_sys::Date::now() as u64
    }
}

/// The wall clock of a time zone (IANA name) at `at_ms`, milliseconds since 1970. `None` if the
/// browser does not know the zone.
pub(crate) fn wall_clock(zone: &str, at_ms: u64) -> Option<Moment> {
    let part = parts_in(zone, at_ms)?;
    let date = Date::new(part("year")?, part("month")? as u8, part("day")? as u8)?;
    Some(Moment { date, minute: Minute::new(part("hour")? % 24, part("minute")?)? })
}

/// The parts of a moment in a time zone, by their names in `Intl.DateTimeFormat`.
fn parts_in(zone: &str, at_ms: u64) -> Option<impl Fn(&str) -> Option<u16>> {
    let options = Object::new();
    let settings = [
        ("timeZone", zone),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "numeric"),
        ("day", "numeric"),
        ("hour", "numeric"),
        ("minute", "numeric"),
    ];
    for (name, value) in settings {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let arguments = Array::of2(&"en-CA".into(), &options);
    // Constructed by reflection: an unknown zone throws, and the typed constructor would turn that
    // into a panic.
    let constructor: Function = Reflect::get(
        &Reflect::get(&js_sys::global(), &"Intl".into()).ok()?,
        &"DateTimeFormat".into(),
    )
    .ok()?
    .dyn_into()
    .ok()?;
    let format: Intl::DateTimeFormat =
        Reflect::construct(&constructor, &arguments).ok()?.unchecked_into();
    let parts = format.format_to_parts(&js_sys::Date::new(&JsValue::from_f64(at_ms as f64)));
    Some(move |name: &str| {
        let named = |part: &JsValue| {
            Reflect::get(part, &"type".into()).ok().is_some_and(|kind| kind == name)
        };
        let value =
            parts.iter().find(named).and_then(|part| Reflect::get(&part, &"value".into()).ok())?;
        value.as_string()?.parse().ok()
    })
}
