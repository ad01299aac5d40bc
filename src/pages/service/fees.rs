//! What a service costs: amount by amount, then what amounts cannot say.

use crate::app::App;
use crate::ui::phone::phone_link;
use domain::catalogue::Service;
use elements::{El, li, span, ul};
use wording::{money, source_date};

/// Each amount with what it is for. `None` if nothing about the cost is known.
pub(crate) fn fee_list(app: App, service: &'static Service) -> Option<El> {
    let amount = |fee: &'static domain::catalogue::Fee| {
        let from = fee.from.map(|from| {
            [" (", app.words.since, " ", &source_date(app.language, from), ")"].concat()
        });
        let cost = match fee.cents {
            0 => app.words.free.to_string(),
            cents => money(app.language, cents.into()),
        };
        li().put(span().lang(app.lang_of(&fee.what)).put(fee.what.as_str()))
            .put(app.words.colon)
            .put(cost)
            .put(from)
    };
    let text = service
        .fee
        .as_ref()
        .map(|text| li().lang(app.lang_of(text)).put(phone_link(app.language, text)));
    let is_known = !service.fees.is_empty() || text.is_some();
    is_known.then(|| ul().class("plain").put_all(service.fees.iter().map(amount)).put(text))
}
