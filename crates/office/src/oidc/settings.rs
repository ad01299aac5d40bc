//! The operator's settings for signing in with a work account, checked before the server starts.
//! Whether the provider is reachable shows at the first sign-in: the server starts without it. The
//! client secret is never shown.

use super::OidcProvider;
use crate::mail::settings::checked;
use std::fmt;

const WRONG_ISSUER: &str = "OIDC_ISSUER is not understood. Write it as your provider’s discovery document says it, as in https://login.example.org/realms/town; plain http only on this machine.";
const NO_PUBLIC_URL: &str = "OIDC_ISSUER is set, but not the address of this site, to which the provider sends people back: add --public-url https://HOST (or PUBLIC_URL).";
const WRONG_CLAIM: &str = "OIDC_LOGIN_CLAIM is not understood. Use email (accepted only if the provider has verified it) or preferred_username.";
const NO_CERTIFICATES: &str = "This machine has no certificates to check the provider with. Install them (on Debian: the package ca-certificates)";
/// The path of the redirect URI below the public address.
const RETURN: &str = "/office/oidc/return";

/// The claim of a token that is the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginClaim {
    /// The e-mail address, if the provider has verified it.
    Email,
    /// The user name, in organizations that assign it and where nobody can change their own.
    PreferredUsername,
}

/// The settings as given; `None` if absent.
#[derive(Clone, Default)]
pub struct OidcSettings {
    /// The URL of the provider, as in its discovery document.
    pub issuer: Option<String>,
    /// The id under which this site is registered there.
    pub client_id: Option<String>,
    /// The client secret.
    pub client_secret: Option<String>,
    /// `email` (the default) or `preferred_username`.
    pub login_claim: Option<String>,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl OidcSettings {
    /// Reads `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET` and `OIDC_LOGIN_CLAIM` with a
    /// function that has no value for what is unset or empty.
    pub fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            issuer: value("OIDC_ISSUER"),
            client_id: value("OIDC_CLIENT_ID"),
            client_secret: value("OIDC_CLIENT_SECRET"),
            login_claim: value("OIDC_LOGIN_CLAIM"),
        }
    }

    /// The provider; `None` if nothing is configured. An error says what to change.
    pub fn provider(&self, public_url: Option<&str>) -> Result<Option<OidcProvider>, String> {
        let all = [
            ("OIDC_ISSUER", &self.issuer),
            ("OIDC_CLIENT_ID", &self.client_id),
            ("OIDC_CLIENT_SECRET", &self.client_secret),
        ];
        let (Some(issuer), Some(client_id), Some(client_secret)) =
            (&self.issuer, &self.client_id, &self.client_secret)
        else {
            let missing: Vec<&str> =
                all.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
            return if missing.len() == all.len() {
                Ok(None)
            } else {
                Err(format!("Signing in with a work account also needs {}.", missing.join(" and ")))
            };
        };
        if !is_safe(issuer) || issuer.contains(['?', '#']) {
            return Err(WRONG_ISSUER.into());
        }
        let login_claim = match self.login_claim.as_deref() {
            None | Some("email") => LoginClaim::Email,
            Some("preferred_username") => LoginClaim::PreferredUsername,
            Some(_) => return Err(WRONG_CLAIM.into()),
        };
        let (public_url, _) = checked(public_url.ok_or(NO_PUBLIC_URL)?)?;
        let return_url = format!("{public_url}{RETURN}");
        let provider = OidcProvider::new(
            issuer.clone(),
            client_id.clone(),
            client_secret.clone(),
            return_url,
            login_claim,
        );
        provider.map(Some).map_err(|fault| format!("{NO_CERTIFICATES}: {fault}."))
    }
}

/// Whether traffic to a URL cannot be read by others: encrypted, or on this machine.
pub(super) fn is_safe(url: &str) -> bool {
    let Ok(uri) = url.parse::<axum::http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let has_user = uri.authority().is_none_or(|authority| authority.as_str().contains('@'));
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    !host.is_empty()
        && !has_user
        && (uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && is_here))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(
        issuer: &str,
        client_id: &str,
        client_secret: &str,
        public_url: &str,
        login_claim: &str,
    ) -> Result<bool, String> {
        let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
        let settings = OidcSettings {
            issuer: some(issuer),
            client_id: some(client_id),
            client_secret: some(client_secret),
            login_claim: some(login_claim),
        };
        assert!(!format!("{settings:?}").contains("hunter2"));
        settings.provider(some(public_url).as_deref()).map(|provider| provider.is_some())
    }

    const ISSUER: &str = "https://login.example.org/realms/town";
    const PUBLIC: &str = "https://hub.example.org";

    #[test]
    fn without_a_provider_there_is_none_and_with_one_all_of_it_is_there() {
        assert_eq!(said("", "", "", "", ""), Ok(false));
        for claim in ["", "email", "preferred_username"] {
            assert_eq!(said(ISSUER, "hub", "hunter2", PUBLIC, claim), Ok(true));
        }
        assert_eq!(said("http://127.0.0.1:9000", "hub", "hunter2", PUBLIC, ""), Ok(true));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        let check =
            |issuer: &str, id: &str, secret: &str, public: &str, claim: &str, words: &str| {
                let said = said(issuer, id, secret, public, claim).unwrap_err();
                assert!(said.contains(words) && !said.contains("hunter2"), "{said}");
            };
        check(ISSUER, "", "", PUBLIC, "", "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET");
        check("", "hub", "hunter2", PUBLIC, "", "OIDC_ISSUER");
        check(ISSUER, "hub", "hunter2", "", "", "--public-url");
        check(ISSUER, "hub", "hunter2", "hub.example.org", "", "not understood");
        check(ISSUER, "hub", "hunter2", PUBLIC, "sub", "OIDC_LOGIN_CLAIM");
        for wrong in [
            "login.example.org",
            "http://login.example.org",
            "https://",
            "https://a@login.example.org",
            "https://login.example.org?tenant=1",
            "ftp://localhost",
        ] {
            check(wrong, "hub", "hunter2", PUBLIC, "", "OIDC_ISSUER");
        }
    }
}
