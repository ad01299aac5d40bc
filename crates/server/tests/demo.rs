//! Tests that a demo server, whose data is generated, says so on every page, and that no other
//! server does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hub::TestServer;
use sha2::{Digest, Sha256};

fn demo() -> TestServer {
    TestServer::start_with(&[], |data| {
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(data.join("demo"), "Everything in this folder is made up.\n").unwrap();
    })
}

#[test]
fn every_page_of_a_demo_says_that_it_is_one_and_no_other_does() {
    let (demo, real) = (demo(), TestServer::start());
    for (path, words) in [
        ("/", "<body><aside class=\"demo\" aria-label=\"Demo\"><strong>Demo.</strong>"),
        ("/services/dog-licence", "Fictional questions and answers"),
        ("/fr/services/x", "Questions et réponses fictives"),
        ("/office/sign-in", "Every person, question and figure here is fictional"),
    ] {
        assert!(demo.get(path).text().contains(words), "{path}: {}", demo.get(path).text());
        assert!(!real.get(path).text().contains(words), "{path}");
    }
    assert!(demo.get("/").text().contains("english page"), "the page itself is still there");
    assert_ne!(demo.get("/").header("etag"), real.get("/").header("etag"));
    assert_eq!(
        demo.get("/").headers().iter().find(|(name, _)| name == "content-security-policy"),
        real.get("/").headers().iter().find(|(name, _)| name == "content-security-policy")
    );
}

#[test]
fn the_service_worker_of_a_demo_keeps_the_pages_that_say_so() {
    let (demo, real) = (demo(), TestServer::start());
    let hash = |hub: &TestServer, path: &str| STANDARD.encode(Sha256::digest(hub.get(path).body()));
    let worker = demo.get("/sw.js").text();
    assert!(
        worker.contains(&format!("[\"/index.html\",\"{}\"]", hash(&demo, "/index.html"))),
        "{worker}"
    );
    assert!(
        worker.contains("const CACHE = \"app-demo-1\""),
        "its store is not that of the real site: {worker}"
    );
    assert!(real.get("/sw.js").text().contains("const CACHE = \"app-1\""));
}
