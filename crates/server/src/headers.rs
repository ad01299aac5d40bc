//! Headers on everything: nothing runs or loads but what is ours.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

/// No inline script or style, no other origin, no frame. The form is the search field of a page without scripts.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const FIXED: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"),
];
/// Two years, as browsers' preload lists ask for. Only where the proxy says that the way was encrypted.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

pub async fn secure(request: Request, next: Next) -> Response {
    let is_encrypted = request.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let mut response = next.run(request).await;
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if is_encrypted {
        response.headers_mut().insert("strict-transport-security", HeaderValue::from_static(STRICT_TRANSPORT));
    }
    response
}
