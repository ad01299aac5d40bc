//! A work account provider for the tests: OpenID Connect Core 1.0 with discovery, PKCE and real
//! signatures. It holds requests to the standard, and breaks the standard on demand.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) const CLIENT_ID: &str = "hub & office";
pub(crate) const CLIENT_SECRET: &str = "a secret: 100 %";

/// How it treats the next requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProviderManner {
    /// Follows the standard, signed with RS256.
    Good,
    /// The same with ES256, with the key named in the token.
    GoodEs256,
    /// The audience is a list, with this client as the authorized party.
    GoodForSeveral,
    WrongNonce,
    NoNonce,
    WrongAudience,
    NoAudience,
    /// Issued for this client too, but the authorized party is another one.
    OtherParty,
    Expired,
    NotYet,
    NoExpiry,
    OtherIssuer,
    NoIssuer,
    /// Signed with a key that is not in its key set.
    StrangeKey,
    /// Another person's name inserted into a signed token.
    Altered,
    /// No signature at all.
    AlgNone,
    /// Signed by HMAC with its public key as the secret.
    AlgHs256,
    /// Signed with a newer key, which is in its key set from now on.
    NewKey,
    /// Its key is declared for encryption, not for signing.
    KeyForSealing,
    /// The response names another provider as the issuer (RFC 9207).
    AnswerOfAnother,
    /// Its discovery document names another issuer.
    DocumentOfAnother,
    /// Responds to everything with an error.
    Broken,
    /// The person declines.
    Declines,
}

/// What it stores for each code that it issued.
struct GivenCode {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

struct ProviderInner {
    issuer: String,
    manner: Mutex<ProviderManner>,
    /// The claims about the person signed in there.
    person: Mutex<Value>,
    given: Mutex<HashMap<String, GivenCode>>,
    /// How often its document and its keys were requested.
    asked: [AtomicU64; 2],
    rsa: RsaKeyPair,
    strange: RsaKeyPair,
    ecdsa: EcdsaKeyPair,
}

pub(crate) struct TestProvider {
    inner: Arc<ProviderInner>,
    // Dropping it stops the provider.
    _runtime: tokio::runtime::Runtime,
}

impl TestProvider {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let ecdsa =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .unwrap();
        let inner = Arc::new(ProviderInner {
            issuer: format!("http://{}/town", listener.local_addr().unwrap()),
            manner: Mutex::new(ProviderManner::Good),
            person: Mutex::new(json!({})),
            given: Mutex::default(),
            asked: Default::default(),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            strange: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ecdsa: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ecdsa.as_ref())
                .unwrap(),
        });
        let router = Router::new()
            .route("/town/.well-known/openid-configuration", get(discovery))
            .route("/town/authorize", get(authorize))
            .route("/town/token", post(token))
            .route("/town/keys", get(keys))
            .with_state(inner.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { inner, _runtime: runtime }
    }

    pub(crate) fn issuer(&self) -> String {
        self.inner.issuer.clone()
    }

    /// How often its document and its keys were requested.
    pub(crate) fn asked(&self) -> [u64; 2] {
        [&self.inner.asked[0], &self.inner.asked[1]].map(|count| count.load(Ordering::Relaxed))
    }

    /// Sets who is signed in there, and how it treats them.
    pub(crate) fn be(&self, manner: ProviderManner, person: Value) {
        *self.inner.manner.lock().unwrap() = manner;
        *self.inner.person.lock().unwrap() = person;
    }
}

impl ProviderInner {
    fn manner(&self) -> ProviderManner {
        *self.manner.lock().unwrap()
    }

    fn is(&self, manner: ProviderManner) -> bool {
        self.manner() == manner
    }

    fn rsa_key(&self) -> Value {
        let (key, id) = if self.is(ProviderManner::NewKey) {
            (&self.strange, "newer")
        } else {
            (&self.rsa, "rsa")
        };
        // RSAPublicKey (RFC 8017, A.1.1): a sequence of the modulus, 257 bytes with a leading zero,
        // and the exponent 65537.
        let der = key.public_key().as_ref().to_vec();
        let (modulus, exponent) = (&der[9..265], &der[der.len() - 3..]);
        assert_eq!((der.len(), exponent), (270, [1, 0, 1].as_slice()));
        let purpose = if self.is(ProviderManner::KeyForSealing) { "enc" } else { "sig" };
        json!({ "kty": "RSA", "kid": id, "use": purpose, "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent) })
    }

    fn ec_key(&self) -> Value {
        let point = self.ecdsa.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256", "x": x, "y": y })
    }

    fn claims(&self, nonce: &str) -> Value {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({ "iss": self.issuer, "sub": "0f3a", "aud": CLIENT_ID, "iat": now_s, "exp": now_s + 300, "nonce": nonce });
        let all = claims.as_object_mut().unwrap();
        all.extend(self.person.lock().unwrap().as_object().unwrap().clone());
        let mut set = |name: &str, value: Value| drop(all.insert(name.into(), value));
        match self.manner() {
            ProviderManner::WrongNonce => set("nonce", json!("of another request")),
            ProviderManner::WrongAudience => set("aud", json!("payroll")),
            ProviderManner::OtherParty => {
                set("aud", json!([CLIENT_ID, "payroll"]));
                set("azp", json!("payroll"));
            }
            ProviderManner::GoodForSeveral => {
                set("aud", json!([CLIENT_ID, "payroll"]));
                set("azp", json!(CLIENT_ID));
            }
            ProviderManner::Expired => set("exp", json!(now_s - 120)),
            ProviderManner::NotYet => set("nbf", json!(now_s + 300)),
            ProviderManner::OtherIssuer => set("iss", json!("https://login.evil.example")),
            _ => {}
        }
        for (manner, name) in [
            (ProviderManner::NoNonce, "nonce"),
            (ProviderManner::NoAudience, "aud"),
            (ProviderManner::NoExpiry, "exp"),
            (ProviderManner::NoIssuer, "iss"),
        ] {
            if self.is(manner) {
                all.remove(name);
            }
        }
        claims
    }

    fn id_token(&self, nonce: &str) -> String {
        let claims = self.claims(nonce);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = |header: Value, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
            let signed = format!("{}.{}", part(&header), part(&claims));
            let signature = sign(signed.as_bytes());
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        let rs256 = || json!({ "alg": "RS256", "kid": "rsa" });
        match self.manner() {
            ProviderManner::GoodEs256 => token(json!({ "alg": "ES256", "kid": "ec" }), &|bytes| {
                self.ecdsa.sign(&SystemRandom::new(), bytes).unwrap().as_ref().to_vec()
            }),
            ProviderManner::NewKey => token(json!({ "alg": "RS256", "kid": "newer" }), &|bytes| {
                signed_by(&self.strange, bytes)
            }),
            ProviderManner::StrangeKey => token(rs256(), &|bytes| signed_by(&self.strange, bytes)),
            ProviderManner::AlgNone => {
                token(json!({ "alg": "none", "kid": "rsa" }), &|_| Vec::new())
            }
            ProviderManner::AlgHs256 => token(json!({ "alg": "HS256", "kid": "rsa" }), &|bytes| {
                hmac(self.rsa.public_key().as_ref(), bytes)
            }),
            ProviderManner::Altered => {
                let token = token(rs256(), &|bytes| signed_by(&self.rsa, bytes));
                let mut parts: Vec<&str> = token.split('.').collect();
                let mut claims = claims.clone();
                claims["email"] = json!("ann@example.org");
                let altered = part(&claims);
                parts[1] = &altered;
                parts.join(".")
            }
            _ => token(rs256(), &|bytes| signed_by(&self.rsa, bytes)),
        }
    }
}

fn signed_by(key: &RsaKeyPair, bytes: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), bytes, &mut signature).unwrap();
    signature
}

fn hmac(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    aws_lc_rs::hmac::sign(&key, bytes).as_ref().to_vec()
}

fn said(status: StatusCode, value: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(value.to_string()))
        .unwrap()
}

async fn discovery(State(inner): State<Arc<ProviderInner>>) -> Response {
    inner.asked[0].fetch_add(1, Ordering::Relaxed);
    if inner.is(ProviderManner::Broken) {
        return said(StatusCode::INTERNAL_SERVER_ERROR, &json!({}));
    }
    let of = |path: &str| format!("{}/{path}", inner.issuer);
    let issuer = if inner.is(ProviderManner::DocumentOfAnother) {
        "https://login.evil.example".into()
    } else {
        inner.issuer.clone()
    };
    let document = json!({
        "issuer": issuer, "authorization_endpoint": of("authorize"), "token_endpoint": of("token"), "jwks_uri": of("keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
    });
    said(StatusCode::OK, &document)
}

async fn keys(State(inner): State<Arc<ProviderInner>>) -> Response {
    inner.asked[1].fetch_add(1, Ordering::Relaxed);
    let unknown = json!({ "kty": "of tomorrow", "kid": "new" });
    said(StatusCode::OK, &json!({ "keys": [unknown, inner.rsa_key(), inner.ec_key()] }))
}

/// Everyone is already signed in; the request must follow the standard.
async fn authorize(
    State(inner): State<Arc<ProviderInner>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let of = |name: &str| query.get(name).cloned().unwrap_or_default();
    let is_fine = of("response_type") == "code"
        && of("client_id") == CLIENT_ID
        && of("code_challenge_method") == "S256";
    let has_openid = of("scope").split(' ').any(|scope| scope == "openid");
    if !is_fine
        || !has_openid
        || [of("state"), of("nonce"), of("code_challenge")].iter().any(|secret| secret.len() < 43)
    {
        return said(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_request" }));
    }
    let code = URL_SAFE_NO_PAD.encode(Sha256::digest(of("state")));
    let issuer = if inner.is(ProviderManner::AnswerOfAnother) {
        "https://login.evil.example"
    } else {
        &inner.issuer
    };
    let mut answer = form_urlencoded::Serializer::new(String::new());
    answer.append_pair("state", &of("state")).append_pair("iss", issuer);
    if inner.is(ProviderManner::Declines) {
        answer.append_pair("error", "access_denied");
    } else {
        answer.append_pair("code", &code);
        let given = GivenCode {
            nonce: of("nonce"),
            challenge: of("code_challenge"),
            redirect_uri: of("redirect_uri"),
        };
        inner.given.lock().unwrap().insert(code, given);
    }
    Redirect::to(&format!("{}?{}", of("redirect_uri"), answer.finish())).into_response()
}

/// A code is valid once, for the client with its secret and the verifier.
async fn token(
    State(inner): State<Arc<ProviderInner>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form: HashMap<String, String> =
        form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let of = |name: &str| form.get(name).cloned().unwrap_or_default();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET)))
    );
    if headers.get("authorization").is_none_or(|header| header.as_bytes() != basic.as_bytes()) {
        return said(StatusCode::UNAUTHORIZED, &json!({ "error": "invalid_client" }));
    }
    let given = inner.given.lock().unwrap().remove(&of("code"));
    let is_theirs = |given: &GivenCode| {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
        of("grant_type") == "authorization_code"
            && given.challenge == challenge
            && given.redirect_uri == of("redirect_uri")
    };
    match given.filter(is_theirs) {
        Some(given) => said(
            StatusCode::OK,
            &json!({ "access_token": "x", "token_type": "Bearer", "id_token": inner.id_token(&given.nonce) }),
        ),
        None => said(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_grant" })),
    }
}
