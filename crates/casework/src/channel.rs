//! How an inquiry reached the municipality.

use serde::{Deserialize, Serialize};

/// How an inquiry came. The serialized names are stored with events and summaries.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryChannel {
    /// A device sent it: a phone, a staff tablet or a public terminal. All inquiries from before
    /// staff could record one came this way.
    #[default]
    App,
    /// By phone.
    Phone,
    /// At a counter.
    Counter,
    /// By e-mail.
    Email,
    /// By letter.
    Letter,
    /// By a message on a social network.
    Social,
    /// From the office of a member of council.
    CouncilOffice,
}

impl InquiryChannel {
    /// All channels, in the order of filters and columns.
    pub const ALL: [InquiryChannel; 7] = [
        InquiryChannel::App,
        InquiryChannel::Phone,
        InquiryChannel::Counter,
        InquiryChannel::Email,
        InquiryChannel::Letter,
        InquiryChannel::Social,
        InquiryChannel::CouncilOffice,
    ];

    /// The channels that staff record, the most usual one first.
    pub fn recorded() -> impl Iterator<Item = InquiryChannel> {
        Self::ALL.into_iter().filter(|channel| *channel != InquiryChannel::App)
    }

    /// The name in addresses, forms and downloads.
    pub fn name(self) -> &'static str {
        match self {
            InquiryChannel::App => "app",
            InquiryChannel::Phone => "phone",
            InquiryChannel::Counter => "counter",
            InquiryChannel::Email => "email",
            InquiryChannel::Letter => "letter",
            InquiryChannel::Social => "social",
            InquiryChannel::CouncilOffice => "council-office",
        }
    }

    /// The channel with this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_is_stored_and_shown_by_one_name() {
        for channel in InquiryChannel::ALL {
            assert_eq!(InquiryChannel::parse(channel.name()), Some(channel));
            let json = serde_json::to_string(&channel).unwrap();
            assert_eq!(json, format!("\"{}\"", channel.name()));
        }
        assert_eq!(InquiryChannel::parse("telegram"), None);
        assert!(InquiryChannel::recorded().eq(InquiryChannel::ALL[1..].iter().copied()));
    }
}
