//! The device's clock, and the municipality's wall clock whatever time zone the device is in.
//! Natively both show what [`told`] says.

use domain::hours::Moment;
#[cfg(target_family = "wasm")]
use domain::hours::{Date, Minute};
#[cfg(target_family = "wasm")]
use js_sys::{Array, Function, Intl, Object, Reflect};
use offline::ports::Clock;
#[cfg(target_family = "wasm")]
use wasm_bindgen::{JsCast, JsValue};

/// The device's clock, read from `Date.now()`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserClock;

impl Clock for BrowserClock {
    fn now_ms(&self) -> u64 {
        #[cfg(not(target_family = "wasm"))]
        let now_ms = told::now_ms();
        #[cfg(target_family = "wasm")]
        let now_ms = js_sys::Date::now() as u64;
        now_ms
    }
}

/// The wall clock of a time zone (IANA name) at `at_ms`, milliseconds since 1970. `None` if the
/// browser does not know the zone.
pub(crate) fn wall_clock(zone: &str, at_ms: u64) -> Option<Moment> {
    #[cfg(not(target_family = "wasm"))]
    let moment = told::moment(zone, at_ms);
    #[cfg(target_family = "wasm")]
    let moment = in_browser(zone, at_ms);
    moment
}

#[cfg(target_family = "wasm")]
fn in_browser(zone: &str, at_ms: u64) -> Option<Moment> {
    let part = parts_in(zone, at_ms)?;
    let date = Date::new(part("year")?, part("month")? as u8, part("day")? as u8)?;
    Some(Moment { date, minute: Minute::new(part("hour")? % 24, part("minute")?)? })
}

/// The parts of a moment in a time zone, by their names in `Intl.DateTimeFormat`.
#[cfg(target_family = "wasm")]
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

/// The times that a page as text shows, as whoever writes it knows them: there is no clock here and
/// no table of time zones.
#[cfg(not(target_family = "wasm"))]
pub(crate) mod told {
    use domain::hours::Moment;
    use std::cell::RefCell;

    thread_local! {
        static TIMES: RefCell<(u64, Vec<(u64, Moment)>)> = const { RefCell::new((0, Vec::new())) };
    }

    /// Sets the time (milliseconds since 1970), and the municipality's wall clock at the times that
    /// the next page shows.
    pub(crate) fn set(now_ms: u64, times: Vec<(u64, Moment)>) {
        TIMES.set((now_ms, times));
    }

    pub(super) fn now_ms() -> u64 {
        TIMES.with_borrow(|(now_ms, _)| *now_ms)
    }

    /// `None` if nobody has said it.
    pub(super) fn moment(_zone: &str, at_ms: u64) -> Option<Moment> {
        let known = |times: &[(u64, Moment)]| times.iter().find(|(of, _)| *of == at_ms).copied();
        TIMES.with_borrow(|(_, times)| known(times)).map(|(_, moment)| moment)
    }
}
