//! Limits requests per minute and share, checked before any of a body is read.

use super::network_rates::NetworkRates;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// API requests with a body per minute and address. A library's terminals share one address, and
/// each batch holds up to 250 submissions.
const REQUESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("it is not zero");
/// Burst size, for when a fair's tablets come back online together.
const REQUESTS_AT_ONCE: NonZeroU32 = NonZeroU32::new(240).expect("it is not zero");
/// Staff forms per minute and address: a town hall with thirty staff behind one address, each
/// sending a form every three seconds.
const FORMS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("it is not zero");
/// `Retry-After` of refused requests, in seconds. Devices keep what was refused and send it again.
pub const RETRY_AFTER_S: u64 = 10;
/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateOutcome {
    /// A request to the public API that has a body.
    Interface,
    /// A form of the staff pages.
    Form,
}

/// Rates of API requests and of staff forms, counted separately.
pub struct Rates {
    interface: NetworkRates<()>,
    forms: NetworkRates<()>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            interface: NetworkRates::new(REQUESTS_PER_MINUTE, REQUESTS_AT_ONCE),
            forms: NetworkRates::new(FORMS_PER_MINUTE, FORMS_PER_MINUTE),
        }
    }
}

impl Rates {
    /// Consumes one request and returns whether it is within the rate of the address's networks.
    pub fn allow(&self, asked: RateOutcome, address: IpAddr) -> bool {
        let rates = match asked {
            RateOutcome::Interface => &self.interface,
            RateOutcome::Form => &self.forms,
        };
        rates.check(address, &()).is_ok()
    }

    /// Drops addresses that have been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        self.interface.forget_quiet();
        self.forms.forget_quiet();
    }
}

#[cfg(test)]
mod tests {
    use super::super::network_rates::KNOWN_MAX;
    use super::super::shares::addresses_within;
    use super::*;
    use std::net::Ipv6Addr;

    fn allowed(
        rates: &Rates,
        asked: RateOutcome,
        addresses: impl Iterator<Item = IpAddr>,
    ) -> usize {
        addresses.filter(|address| rates.allow(asked, *address)).count()
    }

    fn of(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_addresses_has_one_share() {
        let rates = Rates::default();
        let hopping = (0..1_000_u32).map(|last| of(&format!("2001:db8:0:7::{last:x}")));
        let count = allowed(&rates, RateOutcome::Interface, hopping);
        assert!((240..=250).contains(&count), "{count}");
        assert!(
            rates.allow(RateOutcome::Interface, of("2001:db8:0:8::1")),
            "the neighbours have their own"
        );
        assert!(
            allowed(&rates, RateOutcome::Interface, std::iter::repeat_n(of("10.0.0.1"), 250))
                >= 240
        );
        assert!(
            !rates.allow(RateOutcome::Interface, of("::ffff:10.0.0.1")),
            "one address in two ways of writing is one"
        );
    }

    #[test]
    fn whoever_has_many_networks_has_a_few_shares() {
        for (width, count, most) in [(56, 256, 480..=520), (48, 20_000, 960..=1_200)] {
            let rates = Rates::default();
            let hopping = addresses_within(width, count).flat_map(|address| [address; 4]);
            let allowed = allowed(&rates, RateOutcome::Interface, hopping);
            assert!(most.contains(&allowed), "of {width} bits {allowed}");
            assert!(
                rates.allow(RateOutcome::Interface, of("2001:db8:2::1")),
                "the neighbours have their own"
            );
        }
    }

    #[test]
    fn over_the_share_is_later_and_others_are_not_touched() {
        let rates = Rates::default();
        let count =
            allowed(&rates, RateOutcome::Interface, std::iter::repeat_n(of("10.0.0.1"), 1_000));
        assert!((240..=250).contains(&count), "{count}");
        assert!(
            rates.allow(RateOutcome::Interface, of("10.0.0.2"))
                && rates.allow(RateOutcome::Form, of("10.0.0.1"))
        );
        let forms = allowed(&rates, RateOutcome::Form, std::iter::repeat_n(of("10.0.0.1"), 1_000));
        assert!((595..=700).contains(&forms), "{forms}");
    }

    #[test]
    fn more_shares_than_are_known_take_no_more_memory() {
        let rates = Rates::default();
        let hopping = |from: u128| {
            (from..from + 150_000)
                .map(|network| IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | network << 64)))
        };
        allowed(&rates, RateOutcome::Interface, hopping(0));
        assert!(
            rates.interface.known_count() <= KNOWN_MAX + 3,
            "{}",
            rates.interface.known_count()
        );
        assert!(
            rates.allow(RateOutcome::Interface, of("198.51.100.7")),
            "another region is not touched"
        );
    }
}
