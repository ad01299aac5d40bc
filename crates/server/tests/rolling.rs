//! Tests an upgrade of one server after the other: two real servers of two builds behind a proxy
//! that takes turns between them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use domain::MunicipalityId;
use domain::submission::{SealingKey, Verdict, Verdicts, VerifyingKey};
use hub::{TestServer, exchange, hash_of};
use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const VISITS: usize = 1_000;
const FILES: [&str; 3] = ["css", "js", "wasm"];

/// Changes the site of a server into one of a build, whose page names a file of each kind.
fn become_build(site: &Path, hash: &str) {
    let list = fs::read_to_string(site.join("site.json")).unwrap();
    let mut list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let rows = list["files"].as_array_mut().unwrap();
    let mut page = String::from("<!doctype html><title>hub</title>");
    for kind in FILES {
        let path = format!("/app-{hash}.{kind}");
        let content = format!("{kind} of {hash}");
        fs::write(site.join(&path[1..]), &content).unwrap();
        page += &format!("<link href=\"{path}\">");
        rows.push(serde_json::json!({ "path": path, "br": null, "gz": null,
            "sha256": hash_of(content.as_bytes()), "immutable": true }));
    }
    fs::write(site.join("index.html"), page).unwrap();
    fs::write(site.join("site.json"), list.to_string()).unwrap();
}

fn copy(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}

fn beside(site: &Path, ending: &str) -> PathBuf {
    site.with_file_name(format!("site.{ending}"))
}

/// A proxy that sends each connection to the next server. It ends with the test.
fn proxy(ports: [u16; 2]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().flatten().enumerate() {
            std::thread::spawn(move || pass_on(client, ports[number % ports.len()]));
        }
    });
    port
}

fn pass_on(mut client: TcpStream, port: u16) {
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut to, mut from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    // A side that closes early ends the copying; what was copied counts.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut answer = Vec::new();
    let _ = server.read_to_end(&mut answer);
    let _ = client.write_all(&answer);
    // Ends the copying too, which holds the connection open.
    let _ = client.shutdown(Shutdown::Both);
}

fn get(port: u16, path: &str, visitor: usize) -> (u16, String) {
    // Each visitor has an address of its own, so that no limit is met.
    let address = format!("10.1.{}.{}", visitor / 250, visitor % 250 + 1);
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-forwarded-for: {address}\r\n\r\n"
    );
    let page = exchange(port, request.as_bytes()).unwrap();
    (page.status, page.text())
}

/// What the first visits of many people met.
#[derive(Debug, Default, PartialEq)]
struct Visited {
    builds: usize,
    files: usize,
    missing: usize,
}

/// Each visitor opens the page, and then every file that it names.
fn visit(port: u16, visits: usize) -> Visited {
    let (mut builds, mut visited) = (HashSet::new(), Visited::default());
    for visitor in 0..visits {
        let (status, page) = get(port, "/", visitor);
        assert_eq!(status, 200);
        // One more connection for every other visitor, so that a file comes from either server.
        if visitor % 2 == 0 {
            get(port, "/health", visitor);
        }
        for path in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (status, content) = get(port, path, visitor);
            let hash = path.trim_start_matches("/app-").split('.').next().unwrap();
            visited.files += 1;
            visited.missing += usize::from(status != 200 || !content.ends_with(hash));
            builds.insert(hash.to_string());
        }
    }
    Visited { builds: builds.len(), ..visited }
}

/// Two servers in the middle of an upgrade, and a proxy in front. `has_neighbours`: the folders
/// beside the sites are there, as the instructions say.
fn upgrade(has_neighbours: bool) -> (TestServer, TestServer, u16) {
    let options = &["--trusted-proxies", "127.0.0.1"];
    let (mut old, mut new) =
        (TestServer::start_with(options, |_| ()), TestServer::start_with(options, |_| ()));
    let (old_site, new_site) = (PathBuf::from(old.site()), PathBuf::from(new.site()));
    become_build(&old_site, "1111111111111111");
    become_build(&new_site, "2222222222222222");
    if has_neighbours {
        copy(&old_site, &beside(&new_site, "old"));
    }
    for server in [&mut old, &mut new] {
        server.stop();
        server.restart();
    }
    if has_neighbours {
        // While the old server runs.
        copy(&new_site, &beside(&old_site, "new"));
        let began = Instant::now();
        while old.get("/app-2222222222222222.js").status != 200 {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", old.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let port = proxy([old.port(), new.port()]);
    (old, new, port)
}

#[test]
fn fault_63_two_builds_behind_one_proxy_have_no_missing_file() {
    let (old, new, port) = upgrade(true);
    let visited = visit(port, VISITS);
    println!("{visited:?}");
    assert_eq!(visited, Visited { builds: 2, files: VISITS * FILES.len(), missing: 0 });
    // Pages, and everything else without a hash, are of a server's own build.
    for (server, hash) in [(&old, "1111111111111111"), (&new, "2222222222222222")] {
        assert!(server.get("/").text().contains(hash));
        assert_eq!(server.get("/app-3333333333333333.js").status, 404);
        assert_eq!(server.get("/app-3333333333333333.js").header("cache-control"), "no-store");
    }
    let other = old.get("/app-2222222222222222.js");
    assert!(other.header("cache-control").contains("immutable"));
}

#[test]
fn fault_63_is_seen_where_the_builds_do_not_know_each_other() {
    let (_old, _new, port) = upgrade(false);
    let visited = visit(port, 40);
    println!("{visited:?}");
    assert!(visited.missing > 20, "the test above would not notice a missing file: {visited:?}");
}

#[test]
fn a_site_beside_is_used_when_it_is_complete() {
    let server = TestServer::start();
    let site = PathBuf::from(server.site());
    let (staging, next) = (beside(&site, "staging"), beside(&site, "new"));
    copy(&site, &staging);
    become_build(&staging, "2222222222222222");
    let began = Instant::now();
    let wait_for = |is_so: &dyn Fn() -> bool| {
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", server.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    // The list is there before the files, as in the middle of a slow copy.
    fs::create_dir_all(&next).unwrap();
    fs::copy(staging.join("site.json"), next.join("site.json")).unwrap();
    wait_for(&|| server.log().contains("the site beside cannot be read"));
    assert_eq!(server.get("/app-2222222222222222.js").status, 404);
    // Then everything but the list, whose time stays as it is; one file is still half there.
    for kind in FILES {
        let name = format!("app-2222222222222222.{kind}");
        fs::copy(staging.join(&name), next.join(&name)).unwrap();
    }
    fs::write(next.join("app-2222222222222222.js"), "js of").unwrap();
    fs::remove_file(staging.join("site.json")).unwrap();
    fs::rename(staging.join("app-2222222222222222.js"), staging.join("last")).unwrap();
    copy(&staging.join("."), &next);
    wait_for(&|| server.log().contains("is not whole"));
    assert_eq!(server.get("/app-2222222222222222.css").status, 404, "all of it or nothing");
    fs::copy(next.join("last"), next.join("app-2222222222222222.js")).unwrap();
    wait_for(&|| server.get("/app-2222222222222222.js").status == 200);
}

/// Keys in files, by which [`SENT_BEFORE`] was sealed.
const KEY_FILES: [(&str, u8); 4] =
    [("sealing-1", 0x11), ("signing-1", 0x22), ("erasure-1", 0x33), ("office-1", 0x44)];
/// A batch as an app of version 0.1.0 sent it, in November 2026. Its bytes never change here.
const SENT_BEFORE: &str = "0101010000000003ef770381000000000007030c70696e652d686172626f757200e2c9d7d1e92e344207\
    b004e92920c4cf582053042db5ebc0615085af29ddeee740b1735adc5935285fb66f458d46d995f52a8b\
    af28f4b2075f26722f46fbbd58adfcac52645bb4d80b852fce7cbecc71026fbf0524796de6f2aac52b04\
    7e9caef8ba3a246573933164595d6cae2dcfecede8f15f68ba186da75340ae6220a53cd1c60fcae8bef1\
    93e27a6e85cd49816f9de30c99e4b08ec1c5b14670547eea42f2ac5984a437d96de4add5e5d6767741ed\
    0845ad02361f95fad9a5546cfee16b207d013571f641d5fdfad7ea09d4ffa3fd0eca9ef5728df6a95089\
    1821801da72ba8c854e7b73d02364c3dcbd187cfb2b9df6f970ae7456a1f4a837ef30d20828ab6363222\
    fa62c3b11259ec9a0441c56e8e471b53c4b3502f0510aa39c5306dbb3307e990c22dd3a604ecfd83b2b8\
    eb29c6db97b7beaee57e53c39eab7d67e4a7e0324edfab7eecebac2fca2e5c06321c143197df95715a6d\
    345fb24b907e56f069525d972a095739815a0c00d624701279e4194813299414428719d171565e302344\
    cc3581e40b78bf1747e3dc4037f7f9e29206a901c861e89b2eb1af81c30e0b6d49b3bbdab178eefea718\
    7c39a0439ff0e10959b3c69f9183d523073627db0826cfe58240c4f922feb649d9b7f5845b1907d665ef\
    45d6d948bef662328a469f77a6ec88d0161b8d2e4b667c77ef1b3c5eca33409cebae6fc07172dc097f2e\
    dd94ea05d1b748c231ff1a5cb4c3c85241b234bfc4df5f82913afba1f400f98fa2935e67677ddbaa0c8c\
    dc44c21e7f7d82bdabdfdbf6505b893f";

/// What an app of version 0.1.0 reads of the keys.
#[derive(serde::Deserialize)]
#[allow(dead_code, reason = "it is only read")]
struct KeysAsBefore {
    municipality: MunicipalityId,
    sealing: Vec<SealingKey>,
    signing: Vec<VerifyingKey>,
    epoch: [u8; 16],
    now_ms: u64,
}

#[test]
fn what_an_app_sealed_before_is_received_and_an_app_from_before_reads_the_answers() {
    let hub = TestServer::start_with(&["--new-database"], |data| {
        fs::create_dir_all(data.join("keys")).unwrap();
        for (name, byte) in KEY_FILES {
            let secret = format!("{byte:02x}").repeat(32);
            fs::write(data.join(format!("keys/{name}.key")), secret).unwrap();
        }
    });
    let page = hub.get("/api/keys");
    let (keys, _): (KeysAsBefore, _) = postcard::take_from_bytes(page.body()).unwrap();
    assert!(keys.sealing.len() == 1 && keys.signing.len() == 1);
    let reply = hub.post(&hex::decode(SENT_BEFORE).unwrap());
    let (verdicts, _): (Verdicts, _) = postcard::take_from_bytes(&reply.body).unwrap();
    assert!(matches!(verdicts.verdicts[0].1, Verdict::Received(_)), "{verdicts:?}");
    assert!(hub.export("inquiries", "jsonl").contains("From before"));
}
