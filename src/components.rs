//! Views that several pages share.

pub(crate) mod carry;
pub(crate) mod correction;
pub(crate) mod device;
pub(crate) mod facets;
pub(crate) mod frame;
pub(crate) mod hub_state;
pub(crate) mod icon;
pub(crate) mod kiosk;
pub(crate) mod markup;
pub(crate) mod near;
pub(crate) mod not_kept;
pub(crate) mod phone;
pub(crate) mod provenance;
pub(crate) mod qr;
pub(crate) mod results;
pub(crate) mod search;
pub(crate) mod trip;
