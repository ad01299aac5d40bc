//! Parses test results from the output of the test runners, and derives the result for each fault
//! number.

/// A test whose name contains fault numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FaultOutcome {
    name: String,
    numbers: Vec<usize>,
    has_passed: bool,
}

/// Parses lines such as `test path::fault_23_a_retry ... ok`; the wasm test runner uses the same
/// format.
pub(super) fn of_native(said: &str) -> Vec<FaultOutcome> {
    let of_line = |line: &str| {
        let (name, word) = line.trim().strip_prefix("test ")?.split_once(" ... ")?;
        outcome(name.rsplit("::").next()?, word.trim() == "ok")
    };
    said.lines().filter_map(of_line).collect()
}

/// Parses lines such as `ok 1 - fault_23 the answer is lost` (Test Anything Protocol); skipped
/// tests count as not passed.
pub(super) fn of_node(said: &str) -> Vec<FaultOutcome> {
    let of_line = |line: &str| {
        let (word, rest) = line.trim().split_once(" - ")?;
        let (has_passed, number) = word
            .strip_prefix("not ok ")
            .map_or((true, word.strip_prefix("ok ")), |number| (false, Some(number)));
        number.filter(|number| number.parse::<usize>().is_ok())?;
        let (name, directive) = rest.split_once(" # ").unwrap_or((rest, ""));
        outcome(
            name,
            has_passed && !directive.starts_with("SKIP") && !directive.starts_with("TODO"),
        )
    };
    said.lines().filter_map(of_line).collect()
}

/// `None` if the name contains no fault number.
fn outcome(name: &str, has_passed: bool) -> Option<FaultOutcome> {
    let numbers: Vec<usize> =
        name.split("fault_").skip(1).filter_map(|rest| rest.get(..2)?.parse().ok()).collect();
    (!numbers.is_empty()).then(|| FaultOutcome { name: name.into(), numbers, has_passed })
}

/// One line per number, and whether every number has a test and all of them pass.
pub(super) fn report(faults: usize, outcomes: &[FaultOutcome]) -> (String, bool) {
    let (mut lines, mut counts) = (Vec::new(), [0; 3]);
    for number in 1..=faults {
        let of_number: Vec<&FaultOutcome> =
            outcomes.iter().filter(|outcome| outcome.numbers.contains(&number)).collect();
        let failed = of_number.iter().find(|outcome| !outcome.has_passed);
        let more = of_number.len().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        let (at, line) = match (failed, of_number.first()) {
            (Some(failed), _) => (1, format!("{number:02} FAIL {}{more}", failed.name)),
            (None, Some(first)) => (0, format!("{number:02} PASS {}{more}", first.name)),
            (None, None) => (2, format!("{number:02} MISSING")),
        };
        counts[at] += 1;
        lines.push(line);
    }
    let [passed, failed, missing] = counts;
    lines.push(format!("\n{passed} passed, {failed} failed, {missing} missing"));
    (lines.join("\n"), passed == faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NATIVE: &str = "running 3 tests\ntest courier::fault_01_a_b ... ok\ntest fault_02_and_fault_03_c ... FAILED\ntest other ... ok\n";
    const NODE: &str = "TAP version 13\n# Subtest: fault_03 x\nok 1 - fault_03 x\n  ---\n    not ok 2 - fault_04 y - z\nok 3 - fault_05 w # SKIP no browser\n";

    #[test]
    fn each_number_has_a_line_and_one_failure_is_enough() {
        let outcomes = [of_native(NATIVE), of_node(NODE)].concat();
        let (said, is_fine) = report(6, &outcomes);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "01 PASS fault_01_a_b",
                "02 FAIL fault_02_and_fault_03_c",
                "03 FAIL fault_02_and_fault_03_c (and 1 more)"
            ]
        );
        assert_eq!(lines[3..6], ["04 FAIL fault_04 y - z", "05 FAIL fault_05 w", "06 MISSING"]);
        assert_eq!((lines[7], is_fine), ("1 passed, 4 failed, 1 missing", false));
    }

    #[test]
    fn all_is_well_when_every_number_passes() {
        let (said, is_fine) = report(1, &of_native(NATIVE));
        assert!(is_fine && said.ends_with("1 passed, 0 failed, 0 missing"), "{said}");
    }
}
