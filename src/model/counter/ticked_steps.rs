//! The steps of tasks that were ticked on this tablet, so that a reload or a second tab does not
//! lose them. Nothing about a person who was served: the number of the person at the tablet, tasks
//! and ticks. Forgotten when the outcome is counted, when the tablet is locked, and when someone
//! else unlocks it.

use super::{Counter, PersonSlot};
use crate::browser::keepsake;
use domain::TaskId;

const KEPT_AS: &str = "steps";
/// Tasks whose ticks are remembered: more than anyone does at once. The oldest are forgotten.
const TASKS_MAX: usize = 8;

/// What one person has ticked, in one edition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TickedSteps {
    slot: PersonSlot,
    /// The number of the edition: another may have other steps.
    edition: u32,
    /// The ticks of each task, the one that was ticked last at the end.
    tasks: Vec<(TaskId, Vec<bool>)>,
}

impl TickedSteps {
    /// The ticks of a task with this many steps.
    fn of_task(&self, task: &TaskId, steps: usize) -> Vec<bool> {
        let known = self.tasks.iter().find(|(of, ticked)| of == task && ticked.len() == steps);
        known.map_or_else(|| vec![false; steps], |(_, ticked)| ticked.clone())
    }

    /// Remembers the ticks of a task. Nothing is remembered of one without ticks.
    fn set(&mut self, task: &TaskId, ticked: &[bool]) {
        self.tasks.retain(|(of, _)| of != task);
        if ticked.contains(&true) {
            self.tasks.push((task.clone(), ticked.to_vec()));
        }
        let too_many = self.tasks.len().saturating_sub(TASKS_MAX);
        self.tasks.drain(..too_many);
    }

    /// As text, such as `0 17 sell-bag-tags:0110`. Empty without a tick.
    fn written(&self) -> String {
        if self.tasks.is_empty() {
            return String::new();
        }
        let head = [self.slot.to_string(), self.edition.to_string()].join(" ");
        self.tasks.iter().fold(head, |text, (task, ticked)| {
            let ticks: String =
                ticked.iter().map(|is_ticked| if *is_ticked { '1' } else { '0' }).collect();
            [&text, " ", task.as_str(), ":", &ticks].concat()
        })
    }

    /// Reads such a text. Without ticks if it is another person's, of another edition, or
    /// unreadable.
    fn read(text: &str, slot: PersonSlot, edition: u32) -> Self {
        let mut parts = text.split(' ');
        let is_of = |part: Option<&str>, of: String| part == Some(of.as_str());
        let is_same =
            is_of(parts.next(), slot.to_string()) && is_of(parts.next(), edition.to_string());
        let task = |part: &str| {
            let (task, ticks) = part.split_once(':')?;
            let is_tick = |tick: u8| matches!(tick, b'0' | b'1').then_some(tick == b'1');
            let ticked: Option<Vec<bool>> = ticks.bytes().map(is_tick).collect();
            Some((TaskId::parse(task).ok()?, ticked?))
        };
        let tasks = parts.filter_map(task).take(if is_same { TASKS_MAX } else { 0 }).collect();
        Self { slot, edition, tasks }
    }
}

impl Counter {
    /// What the person at the tablet has ticked. `None` while it is locked.
    fn remembered_steps(&self) -> Option<TickedSteps> {
        let slot = self.who.get_untracked()?;
        let text = keepsake::get(KEPT_AS).unwrap_or_default();
        Some(TickedSteps::read(&text, slot, self.parts.catalogue.version()))
    }

    /// Which of the steps of a task are ticked.
    pub(crate) fn ticked_steps(&self, task: &TaskId, steps: usize) -> Vec<bool> {
        self.remembered_steps()
            .map_or_else(|| vec![false; steps], |remembered| remembered.of_task(task, steps))
    }

    /// Remembers the ticks of a task. Another tab may have written meanwhile, so the text is read
    /// again.
    pub(crate) fn remember_steps(&self, task: &TaskId, ticked: &[bool]) {
        if let Some(mut remembered) = self.remembered_steps() {
            remembered.set(task, ticked);
            keepsake::set(KEPT_AS, &remembered.written());
        }
    }

    /// Forgets the ticks of all tasks.
    pub(super) fn forget_steps(&self) {
        keepsake::set(KEPT_AS, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str) -> TaskId {
        TaskId::parse(name).unwrap()
    }

    fn empty() -> TickedSteps {
        TickedSteps { slot: 2, edition: 17, tasks: Vec::new() }
    }

    #[test]
    fn ticks_of_each_task_are_read_back_by_the_same_person_in_the_same_edition() {
        let mut ticked = empty();
        ticked.set(&task("sell-bag-tags"), &[false, true, true, false]);
        ticked.set(&task("issue-library-card"), &[true]);
        let text = ticked.written();
        assert_eq!(text, "2 17 sell-bag-tags:0110 issue-library-card:1");
        let read = TickedSteps::read(&text, 2, 17);
        assert_eq!(read, ticked);
        assert_eq!(read.of_task(&task("sell-bag-tags"), 4), [false, true, true, false]);
        assert_eq!(read.of_task(&task("sell-bag-tags"), 3), [false; 3], "it has other steps now");
        assert_eq!(read.of_task(&task("take-water-payment"), 2), [false; 2]);
        assert_eq!(TickedSteps::read(&text, 3, 17).written(), "", "someone else");
        assert_eq!(TickedSteps::read(&text, 2, 18).written(), "", "another edition");
    }

    #[test]
    fn a_task_without_ticks_is_forgotten_and_so_are_the_oldest_of_many() {
        let mut ticked = empty();
        ticked.set(&task("sell-bag-tags"), &[true]);
        ticked.set(&task("sell-bag-tags"), &[false]);
        assert_eq!(ticked.written(), "");
        for at in 0..=TASKS_MAX {
            ticked.set(&task(&format!("task-{at}")), &[true]);
        }
        assert_eq!(ticked.tasks.len(), TASKS_MAX);
        assert_eq!(ticked.of_task(&task("task-0"), 1), [false]);
        assert_eq!(ticked.of_task(&task("task-1"), 1), [true]);
    }

    #[test]
    fn what_is_no_list_of_ticks_is_nothing() {
        for text in ["", "x", "2", "2 17", "2 x a:1", "2 17 a", "2 17 a:2", "2 17 NO:1", "17 2 a:1"]
        {
            assert_eq!(TickedSteps::read(text, 2, 17), empty(), "{text}");
        }
        let many = (0..99).fold("2 17".to_string(), |text, at| format!("{text} a{at}:1"));
        assert_eq!(TickedSteps::read(&many, 2, 17).tasks.len(), TASKS_MAX);
    }
}
