//! The office's answer to a device's report, from this or an earlier server.

use domain::TaskId;
use domain::tablet::{QUICK_TASKS_MAX, ReportAnswer};

/// Reads the answer, in postcard. `None` if it is something else.
pub fn read_answer(bytes: &[u8]) -> Option<ReportAnswer> {
    let (standing, rest) = postcard::take_from_bytes(bytes).ok()?;
    let mut quick_tasks: Vec<TaskId> = postcard::from_bytes(rest).unwrap_or_default();
    quick_tasks.truncate(QUICK_TASKS_MAX);
    Some(ReportAnswer { standing, quick_tasks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::HubId;
    use domain::tablet::Standing;

    #[test]
    fn an_answer_to_a_report_is_read_from_servers_of_before_and_by_apps_of_before() {
        let hub = HubId::parse("city-hall").expect("an id");
        let standing =
            Some(Standing { is_ended: false, name: "Desk 1".into(), hub, collectors: Vec::new() });
        let quick_tasks = vec![TaskId::parse("pay-property-tax").expect("an id")];
        let answer = ReportAnswer { standing, quick_tasks };
        let bytes = postcard::to_allocvec(&answer).expect("it serializes");
        assert_eq!(read_answer(&bytes), Some(answer.clone()));
        let before: Option<Standing> = postcard::from_bytes(&bytes).expect("an earlier app reads");
        assert_eq!(before, answer.standing);
        let earlier = postcard::to_allocvec(&answer.standing).expect("it serializes");
        let read = read_answer(&earlier).expect("an earlier server is understood");
        assert_eq!(read, ReportAnswer { quick_tasks: Vec::new(), ..answer.clone() });
        let many = vec![answer.quick_tasks[0].clone(); 500];
        let many = ReportAnswer { quick_tasks: many, ..answer };
        let bytes = postcard::to_allocvec(&many).expect("it serializes");
        let read = read_answer(&bytes).expect("it is an answer");
        assert_eq!(read.quick_tasks.len(), QUICK_TASKS_MAX);
        assert_eq!(read_answer(b"<!doctype html>"), None);
    }
}
