//! A baseline: one signed file with all that is needed to make the same figures again. Its first line says what was asked, of whom, when, what was
//! left out, and the figures for the office and for everybody; the second is the signature of the server's key over the first.
//!
//! `community-hub baseline verify` makes the first line again from the store and compares it to the byte.

use super::ledger::Ledger;
use super::round::{BadCount, LeftOut, Reading, read};
use super::spec::{Spec, fingerprint};
use crate::keys::{Keys, hex, unhex};
use crate::office::when::Zone;
use crate::store::SubmissionStore;
use domain::MunicipalityId;
use domain::submission::KeyId;
use domain::survey::Survey;
use insight::Rule;
use insight::report::Report;
use serde::{Deserialize, Serialize};

/// The layout of the first line.
const FORMAT: u32 = 1;
/// Before the line that is signed, so that no signature of another thing can be taken for one of a baseline.
const SIGNED_NAME: &[u8] = b"community-hub baseline 1\0";
/// Letters of a name.
pub const NAME_CHARS_MAX: usize = 60;

/// What a person says of a baseline, and what cannot be had from the store again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    pub baseline: u32,
    pub municipality: MunicipalityId,
    pub name: String,
    /// The day on which it was frozen.
    pub frozen_on: String,
    /// The program that made it.
    pub made_by: String,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(flatten)]
    title: &'a Title,
    spec: &'a Spec,
    data: Data<'a>,
    office: Report,
    public: Report,
}

/// What the figures were made from.
#[derive(Serialize)]
struct Data<'a> {
    entries: u64,
    sha256: &'a str,
    left_out: &'a LeftOut,
    bad_counts: &'a [BadCount],
    look_given_twice: u64,
}

/// What a file needs to be made again.
#[derive(Deserialize)]
struct Head {
    #[serde(flatten)]
    title: Title,
    spec: Spec,
    data: DataHead,
}

#[derive(Deserialize)]
struct DataHead {
    entries: u64,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    /// The key's short name, as in its file `/api/keys/….pem`.
    signer: String,
    /// Ed25519 (RFC 8032), 64 bytes in hexadecimal digits.
    signature: String,
}

/// The name that this server's baselines bear.
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

/// The first line, without its end.
fn content(title: &Title, spec: &Spec, survey: &Survey, reading: &Reading) -> String {
    let report = |rule| Report::of(survey, &reading.round, rule, reading.seed());
    let data = Data {
        entries: reading.entries,
        sha256: &reading.sha256,
        left_out: &reading.left_out,
        bad_counts: &reading.bad_counts,
        look_given_twice: reading.twins,
    };
    let content =
        Content { title, spec, data, office: report(Rule::Office), public: report(Rule::Public) };
    serde_json::to_string(&content).expect("a baseline has a JSON form")
}

/// Makes the file of what was read.
pub fn freeze(
    title: &Title,
    spec: &Spec,
    survey: &Survey,
    reading: &Reading,
    keys: &Keys,
    now_ms: u64,
) -> String {
    let content = content(title, spec, survey, reading);
    let (signer, (r, s)) = keys.sign_bytes(&[SIGNED_NAME, content.as_bytes()].concat(), now_ms);
    let signature = Signature { signer: hex(&signer.0), signature: hex(&[r, s].concat()) };
    format!(
        "{content}\n{}\n",
        serde_json::to_string(&signature).expect("a signature has a JSON form")
    )
}

/// What came of making a baseline again.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// To the byte.
    Same { name: String, entries: u64, signer: String },
    /// Answers were erased or let go since, so that it cannot be made again. The signature holds.
    FewerEntries { then: u64, now: u64 },
    /// The signature holds and the answers are the same, and something comes out otherwise: from there on.
    Differs { then: String, now: String },
}

/// Makes the figures of a file again. Errors say in words why there is nothing to compare.
pub async fn verify(
    file: &str,
    store: &impl SubmissionStore,
    keys: &Keys,
    zone: &Zone,
    ledger_until: impl Fn(u32) -> Ledger,
    surveys: &[Survey],
) -> Result<Verdict, String> {
    let (line, rest) = file
        .split_once('\n')
        .ok_or("It is no baseline: it has no second line with a signature.")?;
    let head: Head = serde_json::from_str(line)
        .map_err(|fault| format!("Its first line is no baseline of this program: {fault}."))?;
    if head.title.baseline != FORMAT {
        return Err(format!(
            "It has format {}, and this program knows {FORMAT}.",
            head.title.baseline
        ));
    }
    let signer = check_signature(line, rest, keys)?;
    let survey = surveys.iter().find(|survey| survey.version == head.spec.survey_version);
    let survey = survey.ok_or_else(|| {
        format!(
            "Version {} of the questions is not in the catalogue any more.",
            head.spec.survey_version
        )
    })?;
    if fingerprint(survey) != head.spec.survey_sha256 {
        return Err(format!(
            "Version {} of the questions was changed since: its answers were given to other words.",
            survey.version
        ));
    }
    head.spec.days().ok_or("Its days are no days.")?;
    let reading = read(store, keys, zone, &ledger_until(head.spec.ledger), survey, &head.spec)
        .await
        .map_err(|fault| fault.to_string())?;
    if reading.sha256 != head.data.sha256 {
        return Ok(Verdict::FewerEntries { then: head.data.entries, now: reading.entries });
    }
    let again = content(&head.title, &head.spec, survey, &reading);
    Ok(match again == line {
        true => Verdict::Same { name: head.title.name, entries: reading.entries, signer },
        false => {
            let at =
                line.bytes().zip(again.bytes()).take_while(|(one, other)| one == other).count();
            let around = |text: &str| text.chars().skip(at.saturating_sub(40)).take(80).collect();
            Verdict::Differs { then: around(line), now: around(&again) }
        }
    })
}

/// Gives the signer's short name.
fn check_signature(line: &str, rest: &str, keys: &Keys) -> Result<String, String> {
    let signature: Signature = serde_json::from_str(rest.trim())
        .map_err(|fault| format!("Its second line is no signature: {fault}."))?;
    let signer = unhex(&signature.signer)
        .and_then(|bytes| bytes.try_into().ok())
        .map(KeyId)
        .ok_or("Its signer is no key's name.")?;
    let both = unhex(&signature.signature)
        .filter(|bytes| bytes.len() == 64)
        .ok_or("Its signature is not 64 bytes long.")?;
    let half = |at: usize| both[at..at + 32].try_into().expect("it has 64 bytes");
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
        false => Err("Its signature is wrong: somebody changed it, or made it.".into()),
    }
}

/// The figures for everybody, as they stand in a file that this server keeps.
pub fn public_part(file: &str) -> Option<(Title, Spec, serde_json::Value)> {
    #[derive(Deserialize)]
    struct Public {
        #[serde(flatten)]
        title: Title,
        spec: Spec,
        public: serde_json::Value,
    }
    let public: Public = serde_json::from_str(file.lines().next()?).ok()?;
    Some((public.title, public.spec, public.public))
}
