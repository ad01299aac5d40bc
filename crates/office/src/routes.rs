//! All addresses of the office and who may use them, in one table. The guard reads it, the tests go
//! through it, and an address that is not in it does not exist.

use super::guard::{at_least, guard};
use super::staff::{Right, Role};
use super::{
    Office, counter, figures, gaps, inbox, inquiry, oidc, pages, people, second_factor, senders,
    sign_in, survey,
};
use axum::Router;
use axum::http::Method;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use std::sync::Arc;

/// Method, address and required right.
pub const ROUTES: &[(&str, &str, Right)] = &[
    ("GET", "/office/style.css", Right::Anybody),
    ("GET", "/office/office.js", Right::Anybody),
    ("GET", "/office/language/{tag}", Right::Anybody),
    ("GET", "/office/sign-in", Right::Anybody),
    ("POST", "/office/sign-in", Right::Anybody),
    ("GET", "/office/second-factor", Right::Anybody),
    ("POST", "/office/second-factor", Right::Anybody),
    ("POST", "/office/second-factor/policy", at_least(Role::Administrator)),
    ("GET", "/office/oidc", Right::Anybody),
    ("GET", "/office/oidc/return", Right::Anybody),
    ("GET", "/office/first", Right::Anybody),
    ("POST", "/office/first", Right::Anybody),
    ("GET", "/office/invitation/{login}/{secret}", Right::Anybody),
    ("POST", "/office/invitation/{login}/{secret}", Right::Anybody),
    ("POST", "/office/sign-out", Right::Staff),
    ("GET", "/office", at_least(Role::Counter)),
    ("POST", "/office/views", at_least(Role::Counter)),
    ("GET", "/office/reference/{reference}", at_least(Role::Counter)),
    ("GET", "/office/inquiry/{id}", at_least(Role::Counter)),
    ("POST", "/office/inquiry/{id}/note", at_least(Role::Counter)),
    ("POST", "/office/inquiry/{id}/assign", at_least(Role::Office)),
    ("POST", "/office/inquiry/{id}/transfer", at_least(Role::Office)),
    ("POST", "/office/inquiry/{id}/about", at_least(Role::Office)),
    ("POST", "/office/inquiry/{id}/state", at_least(Role::Office)),
    ("POST", "/office/inquiry/{id}/link", at_least(Role::Office)),
    ("POST", "/office/inquiry/{id}/reply", at_least(Role::Office)),
    ("GET", "/office/inquiry/{id}/letter/{number}", at_least(Role::Office)),
    ("GET", "/office/gaps", at_least(Role::Office)),
    ("GET", "/office/gaps/draft", at_least(Role::Office)),
    ("GET", "/office/counter", at_least(Role::Office)),
    ("GET", "/office/counter.csv", at_least(Role::Office)),
    ("GET", "/office/inventory", at_least(Role::Office)),
    ("GET", "/office/inventory.toml", at_least(Role::Office)),
    ("GET", "/office/inventory/proposals", at_least(Role::Office)),
    ("POST", "/office/inventory/proposals/{number}", at_least(Role::Manager)),
    ("GET", "/office/inventory/{hub}/{task}", at_least(Role::Office)),
    ("POST", "/office/inventory/{hub}/{task}", at_least(Role::Office)),
    ("GET", "/office/events", at_least(Role::Office)),
    ("POST", "/office/events", at_least(Role::Office)),
    ("POST", "/office/events/{hub}", at_least(Role::Office)),
    ("GET", "/office/tablets", at_least(Role::Office)),
    ("POST", "/office/tablets", at_least(Role::Office)),
    ("POST", "/office/tablets/{tablet}", at_least(Role::Office)),
    ("GET", "/office/figures", at_least(Role::Manager)),
    ("GET", "/office/figures.csv", at_least(Role::Manager)),
    ("GET", "/office/survey", at_least(Role::Manager)),
    ("GET", "/office/survey/figures.csv", at_least(Role::Manager)),
    ("GET", "/office/survey/codebook.csv", at_least(Role::Manager)),
    ("GET", "/office/survey/datapackage.json", at_least(Role::Manager)),
    ("GET", "/office/survey/compare", at_least(Role::Manager)),
    ("GET", "/office/survey/comments", at_least(Role::Manager)),
    ("POST", "/office/survey/comments", at_least(Role::Manager)),
    ("GET", "/office/survey/ways", at_least(Role::Office)),
    ("POST", "/office/survey/ways", at_least(Role::Office)),
    ("POST", "/office/survey/ways/{code}", at_least(Role::Office)),
    ("GET", "/office/survey/ways/{code}/print", at_least(Role::Office)),
    ("GET", "/office/survey/baselines", at_least(Role::Manager)),
    ("POST", "/office/survey/baselines", at_least(Role::Manager)),
    ("GET", "/office/survey/baselines/{number}", at_least(Role::Manager)),
    ("POST", "/office/survey/baselines/{number}", at_least(Role::Manager)),
    ("GET", "/office/senders", at_least(Role::Manager)),
    ("GET", "/office/senders/{day}/{sender}", at_least(Role::Manager)),
    ("POST", "/office/senders/{day}/{sender}", at_least(Role::Manager)),
    ("GET", "/office/people", at_least(Role::Administrator)),
    ("POST", "/office/people", at_least(Role::Administrator)),
    ("POST", "/office/people/{login}", at_least(Role::Administrator)),
    ("GET", "/office/audit", at_least(Role::Administrator)),
    ("GET", "/office/audit/head", at_least(Role::Administrator)),
];

/// The right that an address requires; `None` for an unknown address. `HEAD` requires the same as
/// `GET`.
pub fn right_of(method: &Method, path: &str) -> Option<Right> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|(of, at, _)| *of == method && *at == path).map(|(_, _, right)| *right)
}

pub(super) fn router<S: Clone + Send + Sync + 'static>(office: Arc<Office>) -> Router<S> {
    Router::new()
        .route("/office/style.css", get(pages::style))
        .route("/office/office.js", get(pages::script))
        .route("/office/language/{tag}", get(sign_in::choose_language))
        .route("/office/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/office/second-factor", get(second_factor::page).post(second_factor::prove))
        .route("/office/second-factor/policy", post(second_factor::set_policy))
        .route("/office/oidc", get(oidc::begin))
        .route("/office/oidc/return", get(oidc::come_back))
        .route("/office/first", get(sign_in::first_page).post(sign_in::first))
        .route("/office/invitation/{login}/{secret}", get(people::invitation).post(people::accept))
        .route("/office/sign-out", post(sign_in::sign_out))
        .route("/office", get(inbox::page))
        .route("/office/views", post(inbox::save_view))
        .route("/office/reference/{reference}", get(inbox::by_reference))
        .route("/office/inquiry/{id}", get(inquiry::page))
        .route("/office/inquiry/{id}/note", post(inquiry::note))
        .route("/office/inquiry/{id}/assign", post(inquiry::assign))
        .route("/office/inquiry/{id}/transfer", post(inquiry::transfer))
        .route("/office/inquiry/{id}/about", post(inquiry::about))
        .route("/office/inquiry/{id}/state", post(inquiry::state))
        .route("/office/inquiry/{id}/link", post(inquiry::link))
        .route("/office/inquiry/{id}/reply", post(inquiry::reply))
        .route("/office/inquiry/{id}/letter/{number}", get(inquiry::letter))
        .route("/office/gaps", get(gaps::page))
        .route("/office/gaps/draft", get(gaps::draft))
        .route("/office/counter", get(counter::contacts::page))
        .route("/office/counter.csv", get(counter::contacts::csv))
        .route("/office/inventory", get(counter::inventory::page))
        .route("/office/inventory.toml", get(counter::inventory::file))
        .route("/office/inventory/proposals", get(counter::inventory::proposals))
        .route("/office/inventory/proposals/{number}", post(counter::inventory::decide))
        .route(
            "/office/inventory/{hub}/{task}",
            get(counter::inventory::cell).post(counter::inventory::propose),
        )
        .route("/office/events", get(counter::events::page).post(counter::events::make))
        .route("/office/events/{hub}", post(counter::events::cancel))
        .route("/office/tablets", get(counter::tablets::page).post(counter::tablets::make))
        .route("/office/tablets/{tablet}", post(counter::tablets::change))
        .route("/office/figures", get(figures::page))
        .route("/office/figures.csv", get(figures::csv))
        .route("/office/survey", get(survey::report::page))
        .route("/office/survey/figures.csv", get(survey::csv))
        .route("/office/survey/codebook.csv", get(survey::codebook))
        .route("/office/survey/datapackage.json", get(survey::datapackage))
        .route("/office/survey/compare", get(survey::compare::page))
        .route("/office/survey/comments", get(survey::comments::page).post(survey::comments::judge))
        .route("/office/survey/ways", get(survey::ways::page).post(survey::ways::make))
        .route("/office/survey/ways/{code}", post(survey::ways::change))
        .route("/office/survey/ways/{code}/print", get(survey::print::page))
        .route(
            "/office/survey/baselines",
            get(survey::baselines::page).post(survey::baselines::make),
        )
        .route(
            "/office/survey/baselines/{number}",
            get(survey::baselines::file).post(survey::baselines::publish),
        )
        .route("/office/senders", get(senders::page))
        .route("/office/senders/{day}/{sender}", get(senders::sender).post(senders::decide))
        .route("/office/people", get(people::page).post(people::invite))
        .route("/office/people/{login}", post(people::change))
        .route("/office/audit", get(people::audit))
        .route("/office/audit/head", get(people::audit_head))
        .route("/office/{*rest}", axum::routing::any(pages::nothing))
        .route_layer(from_fn_with_state(office.clone(), guard))
        .layer(map_response(pages::not_kept))
        .merge(survey::public_router())
        .with_state(office)
}
