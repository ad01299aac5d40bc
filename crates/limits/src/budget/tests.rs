//! Tests of the daily budgets.
use super::*;

fn sender(number: u64) -> Sender {
    let tag = SenderTag(number.to_be_bytes());
    Sender { day: 1, networks: vec![(tag, 1)], tag }
}

/// A sender in an IPv6 network of 64 bits, within one of 56 and one of 48.
fn of_network(of_64: u64, of_56: u64, of_48: u64) -> Sender {
    let tag = |width: u64, number: u64| SenderTag((width << 32 | number).to_be_bytes());
    Sender {
        day: 1,
        networks: vec![(tag(64, of_64), 1), (tag(56, of_56), 2), (tag(48, of_48), 4)],
        tag: tag(56, of_56),
    }
}

fn taken(budgets: &Budgets, sender: &Sender, kind: Kind, entries: usize, bytes: u64) -> usize {
    budgets
        .take(sender, vec![(kind, bytes); entries])
        .into_iter()
        .filter(|is_taken| *is_taken)
        .count()
}

fn budgets(text: &str) -> Budgets {
    Budgets::new(BudgetSettings::parse(text).unwrap())
}

#[test]
fn a_sender_is_held_to_entries_and_bytes_of_each_kind_and_others_are_not_touched() {
    let budgets = budgets("inquiry=100/1");
    assert_eq!(taken(&budgets, &sender(1), Kind::Inquiry, 250, 10), 100);
    assert_eq!(
        taken(&budgets, &sender(1), Kind::Contact, 250, 10),
        250,
        "another kind has its own"
    );
    assert_eq!(taken(&budgets, &sender(2), Kind::Inquiry, 250, 60_000), 16, "of a megabyte");
    assert_eq!(
        taken(&budgets, &sender(2), Kind::Inquiry, 1, 10_000),
        1,
        "a shorter one still fits"
    );
    assert_eq!(taken(&budgets, &sender(3), Kind::Inquiry, 1, 10), 1);
}

#[test]
fn the_next_day_begins_anew_and_so_does_one_before() {
    let budgets = budgets("inquiry=10/1");
    assert_eq!(taken(&budgets, &sender(1), Kind::Inquiry, 20, 1), 10);
    for day in [2, 1] {
        assert_eq!(
            taken(&budgets, &Sender { day, ..sender(1) }, Kind::Inquiry, 20, 1),
            10,
            "a clock that jumped stops nobody for ever"
        );
    }
}

#[test]
fn what_was_not_new_is_given_back() {
    let budgets = budgets("inquiry=10/1");
    assert_eq!(taken(&budgets, &sender(1), Kind::Inquiry, 10, 100), 10);
    (0..4).for_each(|_| budgets.give_back(&sender(1), Kind::Inquiry, 100));
    assert_eq!(taken(&budgets, &sender(1), Kind::Inquiry, 10, 100), 4);
    (0..100).for_each(|_| budgets.give_back(&sender(1), Kind::Inquiry, 100));
    assert_eq!(
        budgets.today.lock().unwrap().senders.len(),
        0,
        "who has nothing kept takes no room"
    );
    budgets.give_back(&Sender { day: 9, ..sender(1) }, Kind::Inquiry, 100);
    assert_eq!(
        taken(&budgets, &sender(1), Kind::Inquiry, 20, 100),
        10,
        "and nobody gets more than was theirs"
    );
}

#[test]
fn whoever_has_many_networks_has_a_few_shares() {
    let budgets = budgets("inquiry=10/1");
    let all = |senders: &mut dyn Iterator<Item = Sender>| {
        senders.map(|sender| taken(&budgets, &sender, Kind::Inquiry, 20, 1)).sum::<usize>()
    };
    assert_eq!(
        all(&mut (0..256).map(|of_64| of_network(of_64, 1, 1))),
        20,
        "one of 56 bits has two"
    );
    assert_eq!(
        all(&mut (0..256).map(|number| of_network(1_000 + number, 2 + number, 1))),
        20,
        "one of 48 bits has four, and two were used"
    );
    assert_eq!(taken(&budgets, &of_network(5_000, 5_000, 2), Kind::Inquiry, 20, 1), 10);
}

#[test]
fn the_ceiling_holds_for_all_and_a_person_who_writes_once_still_gets_through() {
    let budgets = budgets("inquiry=100/1,all=1000/256");
    let flood: usize =
        (0..50).map(|number| taken(&budgets, &sender(number), Kind::Inquiry, 100, 1)).sum();
    assert_eq!(flood, 1_000 + 40 * FIRST_ENTRIES as usize);
    assert_eq!(taken(&budgets, &sender(999), Kind::Inquiry, 1, 1), 1);
    let more: usize =
        (1_000..2_000).map(|number| taken(&budgets, &sender(number), Kind::Inquiry, 100, 1)).sum();
    assert_eq!(flood + 1 + more, 2_000, "and there is an end to that too");
}

#[test]
fn senders_with_all_their_shares_do_not_use_up_the_day_of_everybody_else() {
    // With the usual budgets, six addresses or two networks of 48 bits can reach the ceiling.
    let few_addresses: Vec<Sender> = (0..6).map(sender).collect();
    let few_networks: Vec<Sender> =
        (0..8).map(|number| of_network(number, number, number / 4)).collect();
    for flood in [few_addresses, few_networks] {
        let budgets = budgets("inquiry=1000/4,all=6000/256");
        let kept: usize =
            flood.iter().map(|sender| taken(&budgets, sender, Kind::Inquiry, 1_000, 1)).sum();
        assert_eq!(kept, 6_000);
        assert_eq!(
            flood
                .iter()
                .map(|sender| taken(&budgets, sender, Kind::Inquiry, 100, 1))
                .sum::<usize>(),
            0
        );
        assert_eq!(
            taken(&budgets, &sender(77), Kind::Inquiry, 250, 1),
            100,
            "a library's terminals have a tenth of a share"
        );
        assert_eq!(taken(&budgets, &of_network(900, 900, 900), Kind::Inquiry, 250, 1), 100);
        let more: usize = (1_000..2_000)
            .map(|number| taken(&budgets, &sender(number), Kind::Inquiry, 1_000, 1))
            .sum();
        assert_eq!(kept + 200 + more, 12_000, "and there is an end to that too");
    }
}

#[test]
fn a_restart_begins_no_new_day() {
    let budgets = budgets("inquiry=10/1");
    budgets.begin(1, [(sender(1).tag, Kind::Inquiry, Allowance { entries: 7, bytes: 700 })]);
    assert_eq!(taken(&budgets, &sender(1), Kind::Inquiry, 20, 1), 3);
    budgets.begin(
        1,
        [(of_network(1, 5, 9).tag, Kind::Inquiry, Allowance { entries: 20, bytes: 700 })],
    );
    assert_eq!(
        taken(&budgets, &of_network(77, 5, 9), Kind::Inquiry, 20, 1),
        0,
        "its network of 56 bits had used its two shares"
    );
}

#[test]
fn when_there_is_no_room_for_more_senders_those_counted_stay_and_the_rest_share() {
    let budgets = budgets("inquiry=10/1,all=1000000/256");
    for number in 0..SENDERS_MAX as u64 {
        assert_eq!(taken(&budgets, &sender(number), Kind::Inquiry, 1, 1), 1);
    }
    let rest: usize = (0..1_000)
        .map(|number| taken(&budgets, &sender(1_000_000 + number), Kind::Inquiry, 1, 1))
        .sum();
    assert_eq!(rest, 10 * OTHERS_SHARES as usize);
    assert_eq!(
        taken(&budgets, &sender(3), Kind::Inquiry, 20, 1),
        9,
        "nobody who was counted is forgotten"
    );
    assert_eq!(budgets.today.lock().unwrap().senders.len(), SENDERS_MAX);
}

#[test]
fn settings_are_read_and_what_is_wrong_is_named() {
    let settings = BudgetSettings::parse("inquiry=7/3, all=9/1").unwrap();
    assert_eq!(settings.share(Kind::Inquiry), Allowance { entries: 7, bytes: 3 * MEGABYTE });
    assert_eq!(settings.share(Kind::Contact), BudgetSettings::default().share(Kind::Contact));
    for wrong in ["inquiry", "inquiry=7", "inquiry=x/1", "inquiry=-1/1", "letters=1/1"] {
        assert!(BudgetSettings::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn whoever_is_over_waits_until_the_day_ends_or_an_hour() {
    assert_eq!(
        (
            Budgets::retry_after_s(0),
            Budgets::retry_after_s(DAY_MS - 90_000),
            Budgets::retry_after_s(DAY_MS - 1)
        ),
        (3_600, 90, 1)
    );
}
