//! Communication with the provider: its discovery document (OpenID Connect Discovery 1.0), token
//! endpoint and keys. Document and keys are cached for some minutes; if a token does not verify,
//! the keys are fetched again, so that a rotated key is accepted at once. Only one task fetches at
//! a time, and a failure is cached for some seconds, so that a slow provider delays few people.
//! Redirects are never followed.

use super::id_token::{Claims, Expected, check};
use super::request::AuthRequest;
use super::settings::{LoginClaim, is_safe};
use crate::staff::login_of;
use axum::body::Bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Language;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Timeout of a request: somebody is waiting in front of a blank page.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// How long document and keys are cached: the sign-ins of a whole office within minutes fetch them
/// once.
const KNOWN_TIME_MAX: Duration = Duration::from_secs(5 * 60);
/// How long a failure is cached. People who see it wait as long before they try again.
const FAILURE_TIME_MAX: Duration = Duration::from_secs(5);
/// At most this many requests wait for one fetch; each occupies one of the server's places
/// (`limits/places.rs`).
const WAITING_MAX: usize = 32;
/// Minimum interval between fetches of the keys for tokens that do not verify.
const KEYS_AGAIN_TIME_MIN: Duration = Duration::from_secs(10);
/// Limit of a response; keys and tokens have some kilobytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Path below the issuer's URL (OpenID Connect Discovery 1.0, 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The scopes that are requested.
const SCOPE: &str = "openid email profile";
/// The default client authentication if the provider names none (OpenID Connect Discovery 1.0, 3).
const BASIC: &str = "client_secret_basic";

/// Why the provider's answer is missing or not valid; for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ProviderFault {
    /// No response, or not one that the standard allows.
    Away(String),
    /// The code was rejected, or the token does not verify.
    Refused(String),
}

/// The configured provider of work accounts.
pub struct OidcProvider {
    issuer: String,
    client_id: String,
    client_secret: String,
    /// The redirect URI, as registered with the provider.
    return_url: String,
    login_claim: LoginClaim,
    client: HttpClient,
    metadata: Arc<CachedDocuments<Metadata>>,
    keys: Arc<CachedDocuments<Vec<Jwk>>>,
}

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A cached document of the provider.
struct CachedDocuments<T> {
    answers: Mutex<ProviderAnswers<T>>,
    /// Held while a task fetches.
    asking: Arc<tokio::sync::Mutex<()>>,
    waiting: Semaphore,
}

/// The last document and the last failure, with their times.
struct ProviderAnswers<T> {
    document: Option<(Instant, Arc<T>)>,
    fault: Option<(Instant, ProviderFault)>,
}

impl<T: Send + Sync + 'static> CachedDocuments<T> {
    fn new() -> Arc<Self> {
        let answers = Mutex::new(ProviderAnswers { document: None, fault: None });
        Arc::new(Self { answers, asking: Arc::default(), waiting: Semaphore::new(WAITING_MAX) })
    }

    /// The document if it is younger than `age_max`, or else the one that `ask` fetches, shared by
    /// everybody who waits. A fetch runs to its end even if the request that began it is dropped,
    /// so that aborted requests do not start it again.
    async fn get<A>(
        self: &Arc<Self>,
        age_max: Duration,
        ask: impl FnOnce() -> A,
    ) -> Result<Arc<T>, ProviderFault>
    where
        A: Future<Output = Result<T, ProviderFault>> + Send + 'static,
    {
        if let Some(answer) = self.within(age_max) {
            return answer;
        }
        let away = |what: &str| ProviderFault::Away(what.into());
        let _place =
            self.waiting.try_acquire().map_err(|_| away("too many people wait for its answer"))?;
        let alone = self.asking.clone().lock_owned().await;
        // Another task may have fetched it in the meantime.
        if let Some(answer) = self.within(age_max) {
            return answer;
        }
        let (known, asked) = (self.clone(), ask());
        let asking = tokio::spawn(async move {
            let _alone = alone;
            known.put(asked.await)
        });
        asking.await.unwrap_or_else(|_| Err(away("asking for it panicked")))
    }

    /// The cached document or failure; `None` if neither is new enough.
    fn within(&self, age_max: Duration) -> Option<Result<Arc<T>, ProviderFault>> {
        let answers = self.answers();
        let document = answers
            .document
            .as_ref()
            .filter(|(at, _)| at.elapsed() < age_max)
            .map(|(_, document)| Ok(document.clone()));
        document.or_else(|| {
            answers
                .fault
                .as_ref()
                .filter(|(at, _)| at.elapsed() < FAILURE_TIME_MAX)
                .map(|(_, fault)| Err(fault.clone()))
        })
    }

    fn put(&self, read: Result<T, ProviderFault>) -> Result<Arc<T>, ProviderFault> {
        let mut answers = self.answers();
        match read {
            Ok(document) => {
                let document = Arc::new(document);
                *answers = ProviderAnswers {
                    document: Some((Instant::now(), document.clone())),
                    fault: None,
                };
                Ok(document)
            }
            Err(fault) => {
                answers.fault = Some((Instant::now(), fault.clone()));
                Err(fault)
            }
        }
    }

    fn answers(&self) -> MutexGuard<'_, ProviderAnswers<T>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The required fields of the discovery document.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Its responses name the issuer (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct ProviderKeys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl OidcProvider {
    /// Errors if this machine has no root certificates to verify the provider with.
    pub(super) fn new(
        issuer: String,
        client_id: String,
        client_secret: String,
        return_url: String,
        login_claim: LoginClaim,
    ) -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self {
            issuer,
            client_id,
            client_secret,
            return_url,
            login_claim,
            client,
            metadata: CachedDocuments::new(),
            keys: CachedDocuments::new(),
        })
    }

    /// Whether a login here must be the e-mail address of the work account.
    pub(crate) fn login_is_email(&self) -> bool {
        self.login_claim == LoginClaim::Email
    }

    /// The address at which a person signs in (OpenID Connect Core 1.0, 3.1.2.1).
    pub(super) async fn address(
        &self,
        request: &AuthRequest,
        language: Language,
    ) -> Result<String, ProviderFault> {
        let endpoint = self.metadata().await?.authorization_endpoint.clone();
        let query: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPE)
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.return_url)
            .append_pair("state", &request.state)
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &request.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("ui_locales", language.tag())
            .finish();
        let between = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{between}{query}"))
    }

    /// The login of a person who came back with a code; `None` if the account has no name that can
    /// be one. `issuer` is the `iss` of the response, if any.
    pub(super) async fn login_of(
        &self,
        request: &AuthRequest,
        code: &str,
        issuer: Option<&str>,
    ) -> Result<Option<String>, ProviderFault> {
        let metadata = self.metadata().await?;
        let is_theirs = issuer
            .map_or(!metadata.authorization_response_iss_parameter_supported, |issuer| {
                issuer == self.issuer
            });
        if !is_theirs {
            return Err(ProviderFault::Refused("the answer is from another provider".into()));
        }
        let token = self.token(&metadata, request, code).await?;
        let expected =
            Expected { issuer: &self.issuer, client_id: &self.client_id, nonce: &request.nonce };
        let mut checked =
            check(&token, &self.keys_within(KNOWN_TIME_MAX, &metadata).await?, &expected);
        // The provider may have rotated its keys since they were cached.
        if checked.is_err() {
            checked =
                check(&token, &self.keys_within(KEYS_AGAIN_TIME_MIN, &metadata).await?, &expected);
        }
        let claims =
            checked.map_err(|what| ProviderFault::Refused(format!("the ID token: {what}")))?;
        Ok(self.login_in(&claims))
    }

    async fn keys_within(
        &self,
        age_max: Duration,
        metadata: &Metadata,
    ) -> Result<Arc<Vec<Jwk>>, ProviderFault> {
        let (client, url) = (self.client.clone(), metadata.jwks_uri.clone());
        let read = async move {
            let keys: ProviderKeys = ask(&client, Method::GET, &url, None, String::new()).await?;
            // ProviderKeys of unknown types are ignored: they cannot have signed the token.
            Ok(keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
        };
        self.keys.get(age_max, || read).await
    }

    fn login_in(&self, claims: &Claims) -> Option<String> {
        let name = match self.login_claim {
            LoginClaim::Email => claims.email.as_ref().filter(|_| claims.email_verified),
            LoginClaim::PreferredUsername => claims.preferred_username.as_ref(),
        };
        name.and_then(|name| login_of(name))
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderFault> {
        let read = read_metadata(self.client.clone(), self.issuer.clone());
        self.metadata.get(KNOWN_TIME_MAX, || read).await
    }

    /// Exchanges the code for the ID token (OpenID Connect Core 1.0, 3.1.3).
    async fn token(
        &self,
        metadata: &Metadata,
        request: &AuthRequest,
        code: &str,
    ) -> Result<String, ProviderFault> {
        let is_basic = metadata
            .token_endpoint_auth_methods_supported
            .as_ref()
            .is_none_or(|ways| ways.iter().any(|way| way == BASIC));
        let authorization = is_basic.then(|| self.basic());
        let form = self.form(request, code, !is_basic);
        let tokens: Tokens =
            ask(&self.client, Method::POST, &metadata.token_endpoint, authorization, form).await?;
        Ok(tokens.id_token)
    }

    fn form(&self, request: &AuthRequest, code: &str, has_secret: bool) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.return_url)
            .append_pair("code_verifier", &request.verifier);
        if has_secret {
            form.append_pair("client_id", &self.client_id)
                .append_pair("client_secret", &self.client_secret);
        }
        form.finish()
    }

    /// The `Authorization` header with client id and secret (RFC 6749, 2.3.1).
    fn basic(&self) -> String {
        let encoded =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!(
            "Basic {}",
            STANDARD.encode(format!(
                "{}:{}",
                encoded(&self.client_id),
                encoded(&self.client_secret)
            ))
        )
    }
}

async fn read_metadata(client: HttpClient, issuer: String) -> Result<Metadata, ProviderFault> {
    let url = format!("{}{DISCOVERY}", issuer.trim_end_matches('/'));
    let metadata: Metadata = ask(&client, Method::GET, &url, None, String::new()).await?;
    if metadata.issuer != issuer {
        return Err(ProviderFault::Away(format!(
            "OIDC_ISSUER is {issuer}, but its discovery document says {}",
            metadata.issuer
        )));
    }
    let endpoints =
        [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    if let Some(endpoint) = endpoints.into_iter().find(|endpoint| !is_safe(endpoint)) {
        return Err(ProviderFault::Away(format!(
            "{endpoint} is neither encrypted nor on this machine"
        )));
    }
    Ok(metadata)
}

/// Sends one request and parses the whole response as JSON. A rejected code is `Refused`; any other
/// error is `Away`.
async fn ask<T: DeserializeOwned>(
    client: &HttpClient,
    method: Method,
    url: &str,
    authorization: Option<String>,
    form: String,
) -> Result<T, ProviderFault> {
    let away = |what: String| ProviderFault::Away(format!("{url}: {what}"));
    let is_token = method == Method::POST;
    let mut request = Request::builder().method(method).uri(url).header(ACCEPT, "application/json");
    if !form.is_empty() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    let request = request.body(Full::from(form)).map_err(|fault| away(fault.to_string()))?;
    let asked = async {
        let answer = client.request(request).await.map_err(|fault| away(fault.to_string()))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(|fault| away(fault.to_string()))?;
        Ok::<_, ProviderFault>((status, body.to_bytes()))
    };
    let (status, body) = tokio::time::timeout(ANSWER_TIME_MAX, asked)
        .await
        .map_err(|_| away("no answer in ten seconds".into()))??;
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map_err(|fault| away(fault.to_string())),
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is_token => {
            Err(ProviderFault::Refused(format!("{url}: {status}, {}", error_in(&body))))
        }
        other => Err(away(other.to_string())),
    }
}

/// The `error` of a response that refuses (RFC 6749, 5.2).
fn error_in(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refused {
        error: String,
    }
    serde_json::from_slice::<Refused>(body)
        .map_or_else(|_| "no reason".into(), |refused| refused.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use tokio::sync::Notify;

    const LONG: Duration = Duration::from_secs(3_600);

    /// A provider that answers when notified, and the number of its requests.
    fn provider() -> (Arc<CachedDocuments<u8>>, Arc<AtomicUsize>, Arc<Notify>) {
        (CachedDocuments::new(), Arc::default(), Arc::default())
    }

    async fn ask_for(
        known: &Arc<CachedDocuments<u8>>,
        asked: &Arc<AtomicUsize>,
        going: &Arc<Notify>,
        says: Result<u8, ProviderFault>,
    ) -> Result<u8, ProviderFault> {
        let (asked, going) = (asked.clone(), going.clone());
        let answer = async move {
            asked.fetch_add(1, Relaxed);
            going.notified().await;
            says
        };
        known.get(LONG, || answer).await.map(|document| *document)
    }

    #[tokio::test]
    async fn a_slow_provider_is_asked_once_and_few_wait_for_it() {
        let (known, asked, going) = provider();
        for _ in 0..50 {
            let hangs_up = tokio::time::timeout(
                Duration::from_millis(1),
                ask_for(&known, &asked, &going, Ok(7)),
            )
            .await;
            assert!(hangs_up.is_err());
        }
        let askers: Vec<_> = (0..500)
            .map(|_| {
                let (known, asked, going) = (known.clone(), asked.clone(), going.clone());
                tokio::spawn(async move { ask_for(&known, &asked, &going, Ok(7)).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(20)).await;
        going.notify_one();
        let mut answered = 0;
        for asker in askers {
            match asker.await.unwrap() {
                Ok(document) => answered += usize::from(document == 7),
                Err(fault) => assert_eq!(
                    fault,
                    ProviderFault::Away("too many people wait for its answer".into())
                ),
            }
        }
        assert_eq!((answered, asked.load(Relaxed)), (WAITING_MAX, 1));
    }

    #[tokio::test]
    async fn that_a_provider_is_away_is_known_for_some_seconds_and_no_longer() {
        let (known, asked, going) = provider();
        let away = || ProviderFault::Away("it is away".into());
        going.notify_one();
        assert_eq!(ask_for(&known, &asked, &going, Err(away())).await, Err(away()));
        for _ in 0..50 {
            assert_eq!(ask_for(&known, &asked, &going, Ok(7)).await, Err(away()));
        }
        assert_eq!(asked.load(Relaxed), 1);
        let earlier = Instant::now().checked_sub(FAILURE_TIME_MAX).unwrap();
        known.answers().fault = Some((earlier, away()));
        going.notify_one();
        assert_eq!(ask_for(&known, &asked, &going, Ok(7)).await, Ok(7));
        assert_eq!(asked.load(Relaxed), 2);
    }
}
