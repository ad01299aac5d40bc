//! Tests that a receipt saved to a file can be verified without the device that it came from.

use crate::hub::{TestServer, sealed};
use crate::keys::hex;
use crate::receipt;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::submission::Receipt;
use offline::receipt::file_of;
use std::path::Path;
use std::process::Command;

/// Runs the commands from docs/receipts.md in a shell.
fn checked_by_openssl(hub: &TestServer, file: &Path) -> (bool, String) {
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/receipts.md"),
    )
    .unwrap();
    let lines = text
        .split("```")
        .find_map(|block| block.strip_prefix("sh\n"))
        .expect("page has the code block");
    let mut shell = Command::new("sh");
    shell
        .args(["-e", "-c", lines])
        .env("RECEIPT", file)
        .env("HUB", format!("http://127.0.0.1:{}", hub.port()))
        .current_dir(file.parent().unwrap());
    let output = shell.output().unwrap();
    (
        output.status.success(),
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
    )
}

fn saved(dir: &Path, name: &str, receipt: &Receipt) -> std::path::PathBuf {
    let file = dir.join(name);
    std::fs::write(
        &file,
        file_of(receipt, "Town of Pine Harbour\nReference: whatever", &|bytes| {
            STANDARD.encode(bytes)
        }),
    )
    .unwrap();
    file
}

#[test]
fn a_saved_receipt_is_checked_by_a_standard_tool_and_at_the_office() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let receipt = receipt(&hub.send(&[&sealed("Hello", &hub.keys(), 1)]));
    let office =
        |file: &Path| hub.command(&["receipt", &file.to_string_lossy(), "--data-dir", &hub.data()]);
    let file = saved(dir.path(), "receipt.txt", &receipt);

    let (is_genuine, said) = checked_by_openssl(&hub, &file);
    assert!(is_genuine && said.contains("Signature Verified Successfully"), "{said}");
    assert!(said.contains(&format!("received {} s", receipt.received_at_ms / 1_000)), "{said}");
    let (is_genuine, said) = office(&file);
    assert!(
        is_genuine
            && said.starts_with("Genuine.")
            && said.contains(&receipt.reference().to_string()),
        "{said}"
    );

    let earlier =
        Receipt { received_at_ms: receipt.received_at_ms - 86_400_000, ..receipt.clone() };
    let forged = saved(dir.path(), "forged.txt", &earlier);
    let (is_genuine, said) = checked_by_openssl(&hub, &forged);
    assert!(!is_genuine && !said.contains("Successfully"), "{said}");
    let (is_genuine, said) = office(&forged);
    assert!(!is_genuine && said.contains("its signature is wrong"), "{said}");
    let (is_genuine, said) = office(&dir.path().join("none.txt"));
    assert!(!is_genuine && said.contains("cannot be read"), "{said}");
}

#[test]
fn a_receipt_by_a_revoked_key_is_still_proof_at_the_office_and_its_key_is_no_longer_handed_out() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let receipt = receipt(&hub.send(&[&sealed("Hello", &hub.keys(), 1)]));
    let file = saved(dir.path(), "receipt.txt", &receipt);
    let signer = hex(&receipt.signer.0);
    let address = format!("/api/keys/{signer}.pem");
    assert!(hub.get(&address).text().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    // A key is named after the second in which it becomes valid.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    for act in [&["keys", "rotate", "signing", "--in", "0"][..], &["keys", "revoke", &signer]] {
        let (is_done, said) =
            hub.command(&[act, &["--site", &hub.site(), "--data-dir", &hub.data()]].concat());
        assert!(is_done, "{said}");
    }
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while hub.get(&address).status == 200 && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(hub.get(&address).status, 404);
    let (is_genuine, said) =
        hub.command(&["receipt", &file.to_string_lossy(), "--data-dir", &hub.data()]);
    assert!(is_genuine, "{said}");
}
