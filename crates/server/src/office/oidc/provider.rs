//! Talking to the provider: its discovery document (OpenID Connect Discovery 1.0), its token endpoint, its keys. Document and keys stay known for some
//! minutes; a token that they do not verify has the keys asked for again, so a key that was changed there counts at once. No redirect is followed.

use super::id_token::{Claims, Expected, check};
use super::request::AuthRequest;
use super::settings::{LoginClaim, is_safe};
use crate::office::staff::login_of;
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
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A provider that takes longer is not there: somebody waits before a blank page.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// How long the provider's document and keys stay known: a minute's sign-ins of a whole office ask once.
const KNOWN_TIME_MAX: Duration = Duration::from_secs(5 * 60);
/// For tokens that do not verify the keys are asked for again at most this often.
const KEYS_AGAIN_TIME_MIN: Duration = Duration::from_secs(10);
/// Keys and tokens are some kilobytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Below the issuer's address (OpenID Connect Discovery 1.0, 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// What is asked of a person's account.
const SCOPE: &str = "openid email profile";
/// How a client says its secret when the provider names no way (OpenID Connect Discovery 1.0, 3).
const BASIC: &str = "client_secret_basic";

/// Why the provider's word is not there, or does not hold; for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ProviderFault {
    /// Nobody answers, or not as the standard says.
    Away(String),
    /// It did not take the code, or its token is not to be believed.
    Refused(String),
}

/// The provider of work accounts that was configured.
pub struct Provider {
    issuer: String,
    client_id: String,
    client_secret: String,
    /// Where it sends people back to, as it is registered there.
    return_url: String,
    login_claim: LoginClaim,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    metadata: Known<Metadata>,
    keys: Known<Vec<Jwk>>,
}

/// A document of the provider's, as it was read last.
struct Known<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Known<T> {
    fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Returns `None` if it was not read, or longer ago than this.
    fn within(&self, age_max: Duration) -> Option<Arc<T>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(at, _)| at.elapsed() < age_max).map(|(_, document)| document.clone())
    }

    fn put(&self, document: T) -> Arc<T> {
        let document = Arc::new(document);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), document.clone()));
        document
    }
}

/// What of the discovery document is needed.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Its answers name it (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// Errors when this machine has no certificates to check a provider's by.
    pub(super) fn new(issuer: String, client_id: String, client_secret: String, return_url: String, login_claim: LoginClaim) -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { issuer, client_id, client_secret, return_url, login_claim, client, metadata: Known::new(), keys: Known::new() })
    }

    /// What stands beside a person's name in the office must be this of their account.
    pub(in crate::office) fn login_is_email(&self) -> bool {
        self.login_claim == LoginClaim::Email
    }

    /// Where somebody goes to sign in (OpenID Connect Core 1.0, 3.1.2.1).
    pub(super) async fn address(&self, request: &AuthRequest, language: Language) -> Result<String, ProviderFault> {
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

    /// The login of whoever came back with a code; nothing when the account has no name that can be one. `issuer` is who the answer says it is from.
    pub(super) async fn login_of(&self, request: &AuthRequest, code: &str, issuer: Option<&str>) -> Result<Option<String>, ProviderFault> {
        let metadata = self.metadata().await?;
        let is_theirs = issuer.map_or(!metadata.authorization_response_iss_parameter_supported, |issuer| issuer == self.issuer);
        if !is_theirs {
            return Err(ProviderFault::Refused("the answer is from another provider".into()));
        }
        let token = self.token(&metadata, request, code).await?;
        let expected = Expected { issuer: &self.issuer, client_id: &self.client_id, nonce: &request.nonce };
        let keys = match self.keys.within(KNOWN_TIME_MAX) {
            Some(keys) => keys,
            None => self.ask_for_keys(&metadata).await?,
        };
        let mut checked = check(&token, &keys, &expected);
        // The provider may sign with a newer key than those that are known.
        if checked.is_err() && self.keys.within(KEYS_AGAIN_TIME_MIN).is_none() {
            checked = check(&token, &*self.ask_for_keys(&metadata).await?, &expected);
        }
        let claims = checked.map_err(|what| ProviderFault::Refused(format!("the ID token: {what}")))?;
        Ok(self.login_in(&claims))
    }

    async fn ask_for_keys(&self, metadata: &Metadata) -> Result<Arc<Vec<Jwk>>, ProviderFault> {
        let keys: Keys = self.ask(Method::GET, &metadata.jwks_uri, None, String::new()).await?;
        // A key of a kind that nobody knows yet is none that signed.
        Ok(self.keys.put(keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    fn login_in(&self, claims: &Claims) -> Option<String> {
        let name = match self.login_claim {
            LoginClaim::Email => claims.email.as_ref().filter(|_| claims.email_verified),
            LoginClaim::PreferredUsername => claims.preferred_username.as_ref(),
        };
        name.and_then(|name| login_of(name))
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderFault> {
        if let Some(metadata) = self.metadata.within(KNOWN_TIME_MAX) {
            return Ok(metadata);
        }
        let url = format!("{}{DISCOVERY}", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.ask(Method::GET, &url, None, String::new()).await?;
        if metadata.issuer != self.issuer {
            return Err(ProviderFault::Away(format!("OIDC_ISSUER is {}, but its discovery document says {}", self.issuer, metadata.issuer)));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        match endpoints.iter().find(|endpoint| !is_safe(endpoint)) {
            Some(endpoint) => Err(ProviderFault::Away(format!("{endpoint} is neither encrypted nor on this machine"))),
            None => Ok(self.metadata.put(metadata)),
        }
    }

    /// Gives the code and gets the ID token (OpenID Connect Core 1.0, 3.1.3).
    async fn token(&self, metadata: &Metadata, request: &AuthRequest, code: &str) -> Result<String, ProviderFault> {
        let is_basic = metadata.token_endpoint_auth_methods_supported.as_ref().is_none_or(|ways| ways.iter().any(|way| way == BASIC));
        let authorization = is_basic.then(|| self.basic());
        let tokens: Tokens = self.ask(Method::POST, &metadata.token_endpoint, authorization, self.form(request, code, !is_basic)).await?;
        Ok(tokens.id_token)
    }

    fn form(&self, request: &AuthRequest, code: &str, has_secret: bool) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.return_url)
            .append_pair("code_verifier", &request.verifier);
        if has_secret {
            form.append_pair("client_id", &self.client_id).append_pair("client_secret", &self.client_secret);
        }
        form.finish()
    }

    /// Id and secret as the header has them (RFC 6749, 2.3.1).
    fn basic(&self) -> String {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(&self.client_id), encoded(&self.client_secret))))
    }

    /// One question, its whole answer read as JSON. That a code is not taken is a refusal; any other error is no answer.
    async fn ask<T: DeserializeOwned>(&self, method: Method, url: &str, authorization: Option<String>, form: String) -> Result<T, ProviderFault> {
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
            let answer = self.client.request(request).await.map_err(|fault| away(fault.to_string()))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(|fault| away(fault.to_string()))?;
            Ok::<_, ProviderFault>((status, body.to_bytes()))
        };
        let (status, body) = tokio::time::timeout(ANSWER_TIME_MAX, asked).await.map_err(|_| away("no answer in ten seconds".into()))??;
        match status {
            StatusCode::OK => serde_json::from_slice(&body).map_err(|fault| away(fault.to_string())),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if is_token => Err(ProviderFault::Refused(format!("{url}: {status}, {}", error_in(&body)))),
            other => Err(away(other.to_string())),
        }
    }
}

/// The word of an answer that refuses (RFC 6749, 5.2).
fn error_in(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refused {
        error: String,
    }
    serde_json::from_slice::<Refused>(body).map_or_else(|_| "no reason".into(), |refused| refused.error)
}
