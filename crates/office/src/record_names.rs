//! The names of the catalogue's records. One that it no longer has is shown by its id.

use domain::{Catalogue, HubId, ServiceId, TaskId};

pub(super) fn hub_name(catalogue: &Catalogue, id: &HubId) -> String {
    catalogue.hub(id).map_or_else(|| id.to_string(), |hub| hub.name.clone())
}

pub(super) fn service_name(catalogue: &Catalogue, id: &ServiceId) -> String {
    catalogue.service(id).map_or_else(|| id.to_string(), |service| service.name.clone())
}

pub(super) fn task_name(catalogue: &Catalogue, id: &TaskId) -> String {
    catalogue.task(id).map_or_else(|| id.to_string(), |task| task.name.clone())
}
