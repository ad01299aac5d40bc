//! What a counter offers for a task, in words.

use crate::pages::PageFrame;
use casework::counter::ledger::Conditions;
use domain::catalogue::Payment;
use domain::hours::Weekday;

/// Weekdays with their field names in forms, and English and French words.
pub(in crate::counter) const WEEKDAYS: [(Weekday, &str, &str, &str); 7] = [
    (Weekday::Monday, "monday", "Monday", "lundi"),
    (Weekday::Tuesday, "tuesday", "Tuesday", "mardi"),
    (Weekday::Wednesday, "wednesday", "Wednesday", "mercredi"),
    (Weekday::Thursday, "thursday", "Thursday", "jeudi"),
    (Weekday::Friday, "friday", "Friday", "vendredi"),
    (Weekday::Saturday, "saturday", "Saturday", "samedi"),
    (Weekday::Sunday, "sunday", "Sunday", "dimanche"),
];
pub(in crate::counter) const PAYMENTS: [(Payment, &str, &str, &str); 4] = [
    (Payment::Cash, "cash", "cash", "argent comptant"),
    (Payment::Cheque, "cheque", "cheque", "chèque"),
    (Payment::Debit, "debit", "debit", "débit"),
    (Payment::CreditCard, "credit-card", "credit card", "carte de crédit"),
];

/// For example: "Done here; Monday, Tuesday; by appointment; paid by cash, debit; “upstairs”".
pub(super) fn offered_words(f: &PageFrame, offered: Option<&Conditions>) -> String {
    let Some(conditions) = offered else { return f.t("Not done here", "Non offert ici").into() };
    let mut words = vec![f.t("Done here", "Offert ici").to_string()];
    let days: Vec<&str> = WEEKDAYS
        .iter()
        .filter(|(day, ..)| conditions.days.contains(day))
        .map(|(_, _, english, french)| f.t(english, french))
        .collect();
    if !days.is_empty() {
        words.push(format!("{} {}", f.t("on", "le"), days.join(", ")));
    }
    if conditions.by_appointment {
        words.push(f.t("by appointment", "sur rendez-vous").into());
    }
    let payments = PAYMENTS
        .iter()
        .filter(|(payment, ..)| conditions.payments.contains(payment))
        .map(|(_, _, english, french)| f.t(english, french));
    let payments: Vec<&str> = payments.collect();
    if !payments.is_empty() {
        words.push(format!("{} {}", f.t("payment:", "paiement :"), payments.join(", ")));
    }
    words.extend(
        conditions.note.iter().map(|note| format!("{}{note}{}", f.t("“", "« "), f.t("”", " »"))),
    );
    words.join("; ")
}
