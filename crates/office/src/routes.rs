//! All addresses of the office in one table: each row is a method, an address, the right that it
//! requires, and its handler. The router is built from it, the guard reads it and the tests go
//! through it, so an address that is not in it does not exist.

use super::guard::guard;
use super::staff::Right::{self, Anybody, AtLeast, Staff};
use super::staff::Role::{Administrator, Counter, Manager, Office as OfficeWork};
use super::{
    Office, bulk, counter, daily_email, figures, gaps, inbox, inquiry, maintenance, oidc,
    operations, pages, people, promises, record, second_factor, senders, sign_in, survey,
    templates, translations,
};
use axum::Router;
use axum::http::Method;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{MethodFilter, on};
use std::sync::Arc;

/// Makes [`ROUTES`] and `handlers` from the same rows.
macro_rules! office_routes {
    ($($method:ident $path:literal, $right:expr => $handler:path;)*) => {
        /// Method, address and required right.
        pub const ROUTES: &[(&str, &str, Right)] = &[$((stringify!($method), $path, $right)),*];

        /// The handler of every row.
        fn handlers() -> Router<Arc<Office>> {
            Router::new()$(.route($path, on(MethodFilter::$method, $handler)))*
        }
    };
}

office_routes! {
    GET "/office/style.css", Anybody => pages::style;
    GET "/office/office.js", Anybody => pages::script;
    GET "/office/language/{tag}", Anybody => sign_in::choose_language;
    GET "/office/sign-in", Anybody => sign_in::page;
    POST "/office/sign-in", Anybody => sign_in::sign_in;
    GET "/office/second-factor", Anybody => second_factor::page;
    POST "/office/second-factor", Anybody => second_factor::prove;
    POST "/office/second-factor/policy", AtLeast(Administrator) => second_factor::set_policy;
    GET "/office/oidc", Anybody => oidc::begin;
    GET "/office/oidc/return", Anybody => oidc::come_back;
    GET "/office/first", Anybody => sign_in::first_page;
    POST "/office/first", Anybody => sign_in::first;
    GET "/office/invitation/{login}/{secret}", Anybody => people::invitation;
    POST "/office/invitation/{login}/{secret}", Anybody => people::accept;
    POST "/office/sign-out", Staff => sign_in::sign_out;
    GET "/office", AtLeast(Counter) => inbox::page;
    GET "/office/next", AtLeast(Counter) => inbox::next;
    GET "/office/new", AtLeast(Counter) => record::page;
    POST "/office/new", AtLeast(Counter) => record::record;
    POST "/office/views", AtLeast(Counter) => inbox::save_view;
    POST "/office/bulk", AtLeast(OfficeWork) => bulk::act;
    POST "/office/bulk/{at}/undo", AtLeast(OfficeWork) => bulk::undo;
    GET "/office/reference/{reference}", AtLeast(Counter) => inbox::by_reference;
    GET "/office/inquiry/{id}", AtLeast(Counter) => inquiry::page;
    POST "/office/inquiry/{id}/note", AtLeast(Counter) => inquiry::note;
    POST "/office/inquiry/{id}/assign", AtLeast(OfficeWork) => inquiry::assign;
    POST "/office/inquiry/{id}/transfer", AtLeast(OfficeWork) => inquiry::transfer;
    POST "/office/inquiry/{id}/about", AtLeast(OfficeWork) => inquiry::about;
    POST "/office/inquiry/{id}/state", AtLeast(OfficeWork) => inquiry::state;
    POST "/office/inquiry/{id}/link", AtLeast(OfficeWork) => inquiry::link;
    POST "/office/inquiry/{id}/tag", AtLeast(OfficeWork) => inquiry::team::tag;
    POST "/office/inquiry/{id}/follow-up", AtLeast(OfficeWork) => inquiry::team::follow_up;
    POST "/office/inquiry/{id}/ask", AtLeast(OfficeWork) => inquiry::team::ask;
    POST "/office/inquiry/{id}/answer", AtLeast(Counter) => inquiry::team::answer;
    POST "/office/inquiry/{id}/reply", AtLeast(OfficeWork) => inquiry::reply;
    GET "/office/inquiry/{id}/letter/{number}", AtLeast(OfficeWork) => inquiry::letter;
    POST "/office/inquiry/{id}/separate", AtLeast(OfficeWork) => inquiry::team::separate;
    GET "/office/daily-email", AtLeast(Counter) => daily_email::page;
    POST "/office/daily-email", AtLeast(Counter) => daily_email::choose;
    GET "/office/promises", AtLeast(Manager) => promises::page;
    POST "/office/promises", AtLeast(Manager) => promises::set;
    GET "/office/templates", AtLeast(OfficeWork) => templates::page;
    POST "/office/templates", AtLeast(Manager) => templates::make;
    GET "/office/templates/{number}", AtLeast(Manager) => templates::one;
    POST "/office/templates/{number}", AtLeast(Manager) => templates::change;
    GET "/office/gaps", AtLeast(OfficeWork) => gaps::page;
    GET "/office/translations", AtLeast(OfficeWork) => translations::page;
    GET "/office/gaps/draft", AtLeast(OfficeWork) => gaps::draft;
    GET "/office/counter", AtLeast(OfficeWork) => counter::contacts::page;
    GET "/office/counter.csv", AtLeast(OfficeWork) => counter::contacts::csv;
    GET "/office/inventory", AtLeast(OfficeWork) => counter::inventory::page;
    GET "/office/inventory.toml", AtLeast(OfficeWork) => counter::inventory::file;
    GET "/office/inventory/proposals", AtLeast(OfficeWork) => counter::inventory::proposals;
    POST "/office/inventory/proposals/{number}", AtLeast(Manager) => counter::inventory::decide;
    GET "/office/inventory/{hub}/{task}", AtLeast(OfficeWork) => counter::inventory::cell;
    POST "/office/inventory/{hub}/{task}", AtLeast(OfficeWork) => counter::inventory::propose;
    GET "/office/events", AtLeast(OfficeWork) => counter::events::page;
    POST "/office/events", AtLeast(OfficeWork) => counter::events::make;
    POST "/office/events/{hub}", AtLeast(OfficeWork) => counter::events::cancel;
    GET "/office/tablets", AtLeast(OfficeWork) => counter::tablets::page;
    POST "/office/tablets", AtLeast(OfficeWork) => counter::tablets::make;
    POST "/office/tablets/{tablet}", AtLeast(OfficeWork) => counter::tablets::change;
    GET "/office/quick-list/{hub}", AtLeast(OfficeWork) => counter::quick_list::page;
    POST "/office/quick-list/{hub}", AtLeast(OfficeWork) => counter::quick_list::set;
    GET "/office/figures", AtLeast(Manager) => figures::page;
    GET "/office/figures.csv", AtLeast(Manager) => figures::csv;
    GET "/office/survey", AtLeast(Manager) => survey::report::page;
    GET "/office/survey/figures.csv", AtLeast(Manager) => survey::csv;
    GET "/office/survey/codebook.csv", AtLeast(Manager) => survey::codebook;
    GET "/office/survey/datapackage.json", AtLeast(Manager) => survey::datapackage;
    GET "/office/survey/compare", AtLeast(Manager) => survey::compare::page;
    GET "/office/survey/comments", AtLeast(Manager) => survey::comments::page;
    POST "/office/survey/comments", AtLeast(Manager) => survey::comments::judge;
    GET "/office/survey/ways", AtLeast(OfficeWork) => survey::ways::page;
    POST "/office/survey/ways", AtLeast(OfficeWork) => survey::ways::make;
    POST "/office/survey/ways/{code}", AtLeast(OfficeWork) => survey::ways::change;
    GET "/office/survey/ways/{code}/print", AtLeast(OfficeWork) => survey::print::page;
    GET "/office/survey/baselines", AtLeast(Manager) => survey::baselines::page;
    POST "/office/survey/baselines", AtLeast(Manager) => survey::baselines::make;
    GET "/office/survey/baselines/{number}", AtLeast(Manager) => survey::baselines::file;
    POST "/office/survey/baselines/{number}", AtLeast(Manager) => survey::baselines::publish;
    GET "/office/senders", AtLeast(Manager) => senders::page;
    GET "/office/senders/{day}/{sender}", AtLeast(Manager) => senders::sender;
    POST "/office/senders/{day}/{sender}", AtLeast(Manager) => senders::decide;
    GET "/office/people", AtLeast(Administrator) => people::page;
    POST "/office/people", AtLeast(Administrator) => people::invite;
    POST "/office/people/{login}", AtLeast(Administrator) => people::change;
    GET "/office/audit", AtLeast(Administrator) => people::audit;
    GET "/office/audit/head", AtLeast(Administrator) => people::audit_head;
    GET "/office/operations", AtLeast(Administrator) => operations::page;
    POST "/office/operations/maintenance", AtLeast(Administrator) => maintenance::change;
}

/// The right that an address requires; `None` for an unknown address. `HEAD` requires the same as
/// `GET`.
pub fn right_of(method: &Method, path: &str) -> Option<Right> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|(of, at, _)| *of == method && *at == path).map(|(_, _, right)| *right)
}

pub(super) fn router<S: Clone + Send + Sync + 'static>(office: Arc<Office>) -> Router<S> {
    handlers()
        .route("/office/{*rest}", axum::routing::any(pages::nothing))
        .route_layer(from_fn_with_state(office.clone(), guard))
        .layer(map_response(pages::not_kept))
        .merge(survey::public_router())
        .with_state(office)
}
