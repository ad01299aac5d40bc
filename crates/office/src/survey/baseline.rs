//! A baseline: one signed file with everything that is needed to compute the same figures again.
//! Its first line says what was asked, of whom and when, and what was left out, and holds the
//! figures for the office and for the public. The second line is the signature of the server's key
//! over the first.
//!
//! `community-hub baseline verify` computes the first line again from the store and compares it
//! byte for byte.

use crate::survey::opened::OpenedAnswers;
use crate::survey::reading::{Opening, read};
use casework::survey::ledger::SurveyLedger;
use casework::survey::round::{BadCount, LeftOut, SurveyReading};
use casework::survey::spec::{ReportSpec, fingerprint};
use casework::when::Zone;
use domain::MunicipalityId;
use domain::submission::KeyId;
use domain::survey::Survey;
use insight::Rule;
use insight::report::Report;
use serde::{Deserialize, Serialize};
use store::{Custody, OfficeStore, SubmissionStore};
use vault::keys::Keys;

/// The format number of the first line.
const FORMAT: u32 = 1;
/// Precedes the signed line, so that no other signature can pass for one of a baseline.
const SIGNED_NAME: &[u8] = b"community-hub baseline 1\0";
/// The most characters of a baseline's name.
pub const NAME_CHARS_MAX: usize = 60;

/// The facts of a baseline that the store does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    /// The format number.
    pub baseline: u32,
    /// Whose survey it is.
    pub municipality: MunicipalityId,
    /// The name that staff gave it.
    pub name: String,
    /// The day on which it was frozen, as in 2026-11-26.
    pub frozen_on: String,
    /// The program's name and version.
    pub made_by: String,
}

#[derive(Serialize)]
struct BaselineContent<'a> {
    #[serde(flatten)]
    title: &'a Title,
    spec: &'a ReportSpec,
    data: BaselineData<'a>,
    office: Report,
    public: Report,
}

/// What the figures were computed from.
#[derive(Serialize)]
struct BaselineData<'a> {
    entries: u64,
    sha256: &'a str,
    left_out: &'a LeftOut,
    bad_counts: &'a [BadCount],
    look_given_twice: u64,
}

/// The parts of a file that are needed to compute it again.
#[derive(Deserialize)]
struct BaselineHead {
    #[serde(flatten)]
    title: Title,
    spec: ReportSpec,
    data: DataHead,
}

#[derive(Deserialize)]
struct DataHead {
    entries: u64,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct BaselineSignature {
    /// The id of the key, as in its file `/api/keys/….pem`.
    signer: String,
    /// Ed25519 (RFC 8032), 64 bytes in hexadecimal digits.
    signature: String,
}

/// The title of a baseline that this program freezes now.
pub fn title(municipality: &MunicipalityId, name: &str, frozen_on: String) -> Title {
    let made_by = concat!("community-hub ", env!("CARGO_PKG_VERSION")).into();
    Title {
        baseline: FORMAT,
        municipality: municipality.clone(),
        name: name.into(),
        frozen_on,
        made_by,
    }
}

/// The first line, without its line break.
fn content(title: &Title, spec: &ReportSpec, survey: &Survey, reading: &SurveyReading) -> String {
    let report = |rule| Report::of(survey, &reading.round, rule, reading.seed());
    let data = BaselineData {
        entries: reading.entries,
        sha256: &reading.sha256,
        left_out: &reading.left_out,
        bad_counts: &reading.bad_counts,
        look_given_twice: reading.twins,
    };
    let content = BaselineContent {
        title,
        spec,
        data,
        office: report(Rule::Office),
        public: report(Rule::Public),
    };
    serde_json::to_string(&content).expect("a baseline serializes to JSON")
}

/// Computes and signs the file of a baseline.
pub fn freeze(
    title: &Title,
    spec: &ReportSpec,
    survey: &Survey,
    reading: &SurveyReading,
    keys: &Keys,
    now_ms: u64,
) -> String {
    let content = content(title, spec, survey, reading);
    let (signer, (r, s)) = keys.sign_bytes(&[SIGNED_NAME, content.as_bytes()].concat(), now_ms);
    let signature = BaselineSignature {
        signer: hex::encode(signer.0),
        signature: hex::encode([r, s].concat()),
    };
    format!(
        "{content}\n{}\n",
        serde_json::to_string(&signature).expect("a signature serializes to JSON")
    )
}

/// The result of computing a baseline again. In each case the signature is valid.
#[derive(Debug, PartialEq, Eq)]
pub enum BaselineVerdict {
    /// The same, byte for byte.
    Same {
        /// The baseline's name.
        name: String,
        /// How many answers it was computed from.
        entries: u64,
        /// The id of the key that signed it.
        signer: String,
    },
    /// The answers are no longer the same, for instance after erasure or retention, so it cannot be
    /// computed again.
    FewerEntries {
        /// How many answers there were.
        then: u64,
        /// How many are stored now.
        now: u64,
    },
    /// The answers are the same, but the line differs.
    Differs {
        /// The file's text around the first difference.
        then: String,
        /// The computed text around it.
        now: String,
    },
}

/// Computes the figures of a file again. `ledger_until` returns the survey's ledger up to an act.
/// The error says in words why nothing can be compared.
pub async fn verify(
    file: &str,
    store: &(impl SubmissionStore + OfficeStore + Custody),
    keys: &Keys,
    zone: &Zone,
    ledger_until: impl Fn(u32) -> SurveyLedger,
    surveys: &[Survey],
) -> Result<BaselineVerdict, String> {
    let (line, rest) = file
        .split_once('\n')
        .ok_or("This file is not a baseline: its second line, with the signature, is missing.")?;
    let head: BaselineHead = serde_json::from_str(line)
        .map_err(|fault| format!("This file is not a baseline of this program: {fault}."))?;
    if head.title.baseline != FORMAT {
        return Err(format!(
            "The baseline has format {}, and this program reads format {FORMAT}.",
            head.title.baseline
        ));
    }
    let signer = check_signature(line, rest, keys)?;
    let survey = surveys.iter().find(|survey| survey.version == head.spec.survey_version);
    let survey = survey.ok_or_else(|| {
        format!(
            "Version {} of the questions is no longer in the directory.",
            head.spec.survey_version
        )
    })?;
    if fingerprint(survey) != head.spec.survey_sha256 {
        return Err(format!(
            "Version {} of the questions has changed since: the answers were given to other wording.",
            survey.version
        ));
    }
    head.spec.days().ok_or("The days of the baseline are not valid.")?;
    let opening = Opening { keys, opened: &OpenedAnswers::default(), zone };
    let reading = read(store, opening, &ledger_until(head.spec.ledger), survey, &head.spec)
        .await
        .map_err(|fault| fault.to_string())?;
    if reading.sha256 != head.data.sha256 {
        return Ok(BaselineVerdict::FewerEntries { then: head.data.entries, now: reading.entries });
    }
    let again = content(&head.title, &head.spec, survey, &reading);
    Ok(match again == line {
        true => BaselineVerdict::Same { name: head.title.name, entries: reading.entries, signer },
        false => {
            let at =
                line.bytes().zip(again.bytes()).take_while(|(one, other)| one == other).count();
            let around = |text: &str| text.chars().skip(at.saturating_sub(40)).take(80).collect();
            BaselineVerdict::Differs { then: around(line), now: around(&again) }
        }
    })
}

/// Verifies the signature and returns the id of the key.
fn check_signature(line: &str, rest: &str, keys: &Keys) -> Result<String, String> {
    let signature: BaselineSignature = serde_json::from_str(rest.trim())
        .map_err(|fault| format!("The second line of the baseline is not a signature: {fault}."))?;
    let signer = hex::decode(&signature.signer)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(KeyId)
        .ok_or("The signer of the baseline is not the id of a key.")?;
    let both = hex::decode(&signature.signature)
        .ok()
        .filter(|bytes| bytes.len() == 64)
        .ok_or("Its signature is not 64 bytes long.")?;
    let half =
        |at: usize| both[at..at + 32].try_into().expect("its length of 64 bytes was checked");
    let known = keys.all_verifying();
    if !known.iter().any(|key| key.id == signer) {
        return Err(format!(
            "It is signed by a key that is not in this folder ({}).",
            signature.signer
        ));
    }
    match offline::receipt::is_signed(
        &[SIGNED_NAME, line.as_bytes()].concat(),
        signer,
        (half(0), half(32)),
        &known,
    ) {
        true => Ok(signature.signer),
        false => Err("The signature is wrong: the baseline was changed or forged.".into()),
    }
}

/// The title, the specification and the public figures of a baseline's file, without verifying it.
/// `None` if it cannot be parsed.
pub fn public_part(file: &str) -> Option<(Title, ReportSpec, serde_json::Value)> {
    #[derive(Deserialize)]
    struct Public {
        #[serde(flatten)]
        title: Title,
        spec: ReportSpec,
        public: serde_json::Value,
    }
    let public: Public = serde_json::from_str(file.lines().next()?).ok()?;
    Some((public.title, public.spec, public.public))
}
