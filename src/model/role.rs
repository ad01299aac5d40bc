//! What this device is: a person's own, a public terminal, a survey stand or a staff tablet. Its
//! address decides that at the start; it is never guessed.

use crate::route::router::OpenedAddress;
use crate::route::{COUNTER, PageAddress, Route};
use domain::collector::{CollectorCode, Way};
use domain::terminal::{BORROWED, Terminal};
use elements::Signal;

use super::survey::SurveyLink;

/// A survey stand: a device that passes from hand to hand, and the address at which it starts anew.
pub(crate) struct SurveyStand {
    pub(crate) code: CollectorCode,
    pub(crate) address: PageAddress,
}

impl SurveyStand {
    /// `None` if the address has no code, or a code that people open on their own devices.
    pub(crate) fn of(address: &PageAddress) -> Option<Self> {
        let Route::Survey(text) = &address.route else { return None };
        let code = SurveyLink::parse(text)?.code;
        let is_one = matches!(code.way(), Way::Kiosk | Way::StaffAssisted | Way::Paper);
        is_one.then(|| Self { code, address: address.clone() })
    }
}

/// What this device is, and what follows from it.
pub(crate) struct DeviceRole {
    /// The public terminal that this device is. `None` on a person's own device.
    pub(crate) terminal: Option<&'static Terminal>,
    /// Whether this is a computer that nobody enrolled, and the person said that others use it too.
    /// From then on, until its tab is closed, it is treated as a public terminal: it keeps nothing.
    pub(crate) borrowed: Signal<bool>,
    /// Set if this device is a survey stand, where many people answer the survey one after the
    /// other.
    pub(crate) stand: Option<SurveyStand>,
    is_counter: bool,
}

impl DeviceRole {
    pub(crate) fn new(
        OpenedAddress { terminal, is_borrowed, is_counter, address, near: _ }: &OpenedAddress,
    ) -> Self {
        let (terminal, stand) = (*terminal, SurveyStand::of(address));
        Self { terminal, borrowed: Signal::new(*is_borrowed), stand, is_counter: *is_counter }
    }

    /// The same as `borrowed`, read without following it.
    pub(crate) fn is_borrowed(&self) -> bool {
        self.borrowed.get_untracked()
    }

    /// Whether people whom nobody watches use this screen one after the other.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal.is_some() || self.is_borrowed()
    }

    /// Whether this is a staff tablet. Always false in the residents' app, which has no pages for
    /// staff.
    pub(crate) fn is_counter(&self) -> bool {
        cfg!(feature = "counter") && self.is_counter
    }

    /// Whether many people use this device, as on a public terminal or a staff tablet. What one
    /// person sends must not be shown to the next.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_terminal() || self.is_counter()
    }

    /// Whether people use this device one after the other who are not watched, or to whom it does
    /// not belong.
    pub(crate) fn is_public(&self) -> bool {
        self.is_terminal() || matches!(self.stand_way(), Some(Way::Kiosk | Way::StaffAssisted))
    }

    /// Whether this is a public screen that shows nothing else: it opens no other site and no other
    /// window.
    pub(crate) fn is_kiosk(&self) -> bool {
        self.is_public() && !self.is_borrowed()
    }

    /// Whether nothing stays on this device: because its browser forgets everything, or because the
    /// app deletes it.
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.is_borrowed() || self.terminal.is_some_and(|terminal| terminal.is_ephemeral)
    }

    /// How answers are collected on this device. `None` if it is no survey stand.
    pub(crate) fn stand_way(&self) -> Option<Way> {
        self.stand.as_ref().map(|stand| stand.code.way())
    }

    /// Whether staff enter paper sheets on this device.
    pub(crate) fn is_paper(&self) -> bool {
        self.stand_way() == Some(Way::Paper)
    }

    /// The path of a page on this device. On a shared device it carries its prefix and leaves out
    /// search words, so that neither the next visitor nor the browser's history has them.
    pub(crate) fn path(&self, address: &PageAddress) -> String {
        if !self.is_shared() {
            return address.href();
        }
        let is_search = matches!(address.route, Route::Search { .. });
        let route = if is_search {
            Route::Search { query: String::new(), filter: Default::default() }
        } else {
            address.route.clone()
        };
        let href = PageAddress { language: address.language, route }.href();
        let prefix = self.terminal_prefix().unwrap_or_else(|| COUNTER.into());
        prefix + &href
    }

    /// What all paths of a public terminal begin with.
    fn terminal_prefix(&self) -> Option<String> {
        let listed = self.terminal.map(|terminal| terminal.id.as_str());
        let id = if self.is_borrowed() { Some(BORROWED) } else { listed };
        id.map(|id| ["/k/", id].concat())
    }

    /// The address at which this device starts anew.
    pub(crate) fn beginning(&self) -> String {
        self.stand
            .as_ref()
            .map(|stand| self.path(&stand.address))
            .or_else(|| self.terminal_prefix())
            .unwrap_or_else(|| "/".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Language;

    fn at(route: Route) -> PageAddress {
        PageAddress { language: Language::French, route }
    }

    fn survey(way: Way) -> PageAddress {
        at(Route::Survey(CollectorCode::new(way, 5, [1; 16]).to_string()))
    }

    fn role(is_counter: bool, address: PageAddress) -> DeviceRole {
        let opened =
            OpenedAddress { terminal: None, is_borrowed: false, is_counter, address, near: None };
        DeviceRole::new(&opened)
    }

    #[test]
    fn a_shared_computer_keeps_nothing_but_is_no_kiosk() {
        let address = at(Route::Home);
        let opened = OpenedAddress {
            terminal: None,
            is_borrowed: true,
            is_counter: false,
            address,
            near: None,
        };
        let role = DeviceRole::new(&opened);
        assert!(role.is_terminal() && role.is_shared() && role.is_public() && role.is_ephemeral());
        assert!(!role.is_kiosk());
        assert_eq!(role.beginning(), "/k/shared");
        assert_eq!(role.path(&at(Route::Hubs)), "/k/shared/fr/hubs");
    }

    #[test]
    fn a_stand_is_what_its_code_says() {
        for way in Way::ALL {
            let is_one = matches!(way, Way::Kiosk | Way::StaffAssisted | Way::Paper);
            assert_eq!(
                SurveyStand::of(&survey(way)).map(|stand| (stand.code.way(), stand.address)),
                is_one.then(|| (way, survey(way)))
            );
        }
        assert!(SurveyStand::of(&at(Route::Home)).is_none());
    }

    #[test]
    fn a_stand_starts_over_at_its_own_address_and_a_persons_device_at_the_first_page() {
        let kiosk = role(false, survey(Way::Kiosk));
        assert!(kiosk.is_public() && !kiosk.is_shared() && !kiosk.is_paper());
        assert_eq!(kiosk.beginning(), survey(Way::Kiosk).href());
        let paper = role(false, survey(Way::Paper));
        assert!(paper.is_paper() && !paper.is_public());
        let own = role(false, at(Route::Home));
        assert_eq!((own.beginning().as_str(), own.is_shared()), ("/", false));
    }

    #[cfg(feature = "counter")]
    #[test]
    fn a_tablets_addresses_have_its_prefix_and_no_search_words() {
        let tablet = role(true, at(Route::Home));
        let search = Route::Search { query: "dog".into(), filter: Default::default() };
        assert!(tablet.is_counter() && tablet.is_shared() && !tablet.is_public());
        assert_eq!(tablet.path(&at(Route::Hubs)), "/counter/fr/hubs");
        assert_eq!(tablet.path(&at(search)), "/counter/fr/search");
    }
}
