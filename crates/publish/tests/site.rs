//! Tests of assembling a site, with placeholder files instead of the compiled app.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use document::PageFrame;
use publish::{Assembly, CompressedCopies, assemble};
use std::path::{Path, PathBuf};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The site of a municipality with an invented app, without compressed copies.
fn made(municipality: &str) -> (tempfile::TempDir, PathBuf) {
    made_with(municipality, CompressedCopies::None)
}

fn made_with(municipality: &str, copies: CompressedCopies) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let app = dir.path().join("app");
    for (dir, byte) in [(app.clone(), 0), (app.join("counter"), 1)] {
        std::fs::create_dir(&dir).unwrap();
        std::fs::write(
            dir.join("app.js"),
            "fetch(\"{{wasm}}\", { integrity: \"{{wasm_integrity}}\" });".repeat(20),
        )
        .unwrap();
        std::fs::write(dir.join("app.wasm"), [byte; 4_000]).unwrap();
    }
    let out = dir.path().join("site");
    assemble(&Assembly {
        app,
        data: project().join(municipality),
        out: out.clone(),
        root: project(),
        copies,
    })
    .unwrap();
    (dir, out)
}

fn read(out: &Path, name: &str) -> String {
    std::fs::read_to_string(out.join(name)).unwrap()
}

#[test]
fn the_page_has_its_lines_before_any_script_runs() {
    let (_dir, out) = made("data/kawartha-lakes");
    let (english, french) = (read(&out, "index.html"), read(&out, "fr/index.html"));
    for (page, lang, line) in [
        (&english, "<html lang=\"en\">", "Emergency: 911"),
        (&french, "<html lang=\"fr\">", "Urgence\u{a0}: 911"),
    ] {
        assert!(
            page.contains(lang)
                && page.contains(line)
                && page.contains("tel:7053249411")
                && page.contains("tel:18778857337")
        );
        assert!(!page.contains("{{") && !page.contains("data-trunk"));
        assert!(
            !page.contains("<style") && !page.contains("<script>") && !page.contains(" style="),
            "the policy allows nothing inline"
        );
    }
}

#[test]
fn another_municipality_needs_no_change_of_code() {
    let (_dir, out) = made("tests/municipalities/pine-harbour");
    let page = read(&out, "index.html");
    assert!(
        page.contains("Pine Harbour")
            && page.contains("In danger? Call 911.")
            && page.contains("tel:5555550100")
    );
    assert!(
        !page.contains("Kawartha")
            && !page.contains("Français")
            && !page.contains("outside office hours")
    );
    assert!(!out.join("fr").exists());
    let css = std::fs::read_dir(&out)
        .unwrap()
        .flatten()
        .find(|entry| entry.path().extension().is_some_and(|ending| ending == "css"))
        .unwrap();
    assert!(std::fs::read_to_string(css.path()).unwrap().contains("--accent:#5b2a6e"));
    assert!(read(&out, "manifest.webmanifest").contains("Pine Harbour"));
}

#[test]
fn the_worker_names_every_file_it_keeps_with_its_hash() {
    let (_dir, out) = made("data/kawartha-lakes");
    let worker = read(&out, "sw.js");
    for name in ["/index.html", "/fr/index.html", "/catalogue-", "/app-", ".wasm", "/icons.svg"] {
        assert!(worker.contains(name), "{name}");
    }
    assert!(!worker.contains("/sw.js\""), "a worker does not keep itself");
    let (_other, other) = made("tests/municipalities/pine-harbour");
    let cache =
        |text: &str| text.split("\"app-").nth(1).unwrap().split('"').next().unwrap().to_string();
    assert_ne!(cache(&worker), cache(&read(&other, "sw.js")), "another content is another version");
}

#[test]
fn files_are_compressed_beside_themselves_and_listed() {
    let (_dir, out) = made_with("data/kawartha-lakes", CompressedCopies::Smallest);
    let listing: serde_json::Value = serde_json::from_str(&read(&out, "site.json")).unwrap();
    for file in listing["files"].as_array().unwrap() {
        let path = out.join(file["path"].as_str().unwrap().trim_start_matches('/'));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), file["bytes"].as_u64().unwrap());
        if let Some(packed) = file["br"].as_u64() {
            assert_eq!(std::fs::metadata(format!("{}.br", path.display())).unwrap().len(), packed);
        }
    }
    for name in ["frame.html", "fr/frame.html"] {
        check_frame(&out, name);
    }
}

/// Checks what the server fills in, and where it inserts the files of another edition.
fn check_frame(out: &Path, name: &str) {
    let frame = read(out, name);
    let places: Vec<usize> = ["{hub-title}", "{hub-description}", "{hub-head}", "{hub-body}"]
        .map(|place| frame.find(place).unwrap())
        .into();
    assert!(places.is_sorted(), "{places:?}");
    let newer = PageFrame::new(frame.clone()).of_edition("/catalogue-new.bin", Some("/texts-new"));
    let newer = newer.html();
    let catalogues: Vec<&str> = newer.split("/catalogue-").skip(1).collect();
    assert!(catalogues.len() == 2 && catalogues.iter().all(|path| path.starts_with("new.bin\"")));
    assert_eq!(newer.contains("/texts-new\""), frame.contains("/texts-"), "{newer}");
    assert!(newer.contains("<meta name=\"hub-newer\" content>") && !frame.contains("hub-newer"));
}

#[test]
fn the_server_has_every_version_of_the_survey_and_devices_the_newest() {
    let (_dir, out) = made("data/kawartha-lakes");
    let surveys: Vec<domain::survey::Survey> =
        serde_json::from_str(&read(&out, "surveys.json")).unwrap();
    assert_eq!(surveys.iter().map(|survey| survey.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert!(
        surveys[2].question(&domain::QuestionId::parse("internet").unwrap()).is_some(),
        "what is not asked any more can still be read"
    );
    let (catalogue, _) = publish::check_dir(&project().join("data/kawartha-lakes")).unwrap();
    assert_eq!(*catalogue.survey(), surveys[0]);
    assert!(!read(&out, "sw.js").contains("surveys.json"));
}

#[test]
fn the_server_has_the_whole_catalogue_and_can_make_the_same_bundle_of_it() {
    for municipality in ["data/kawartha-lakes", "tests/municipalities/pine-harbour"] {
        let (_dir, out) = made(municipality);
        let whole: finder::Whole = serde_json::from_str(&read(&out, "whole.json")).unwrap();
        let (catalogue, words) = publish::check_dir(&project().join(municipality)).unwrap();
        assert_eq!(
            (&whole.catalogue, &whole.words),
            (catalogue.file(), &words),
            "nothing is lost on the way"
        );
        let checked = domain::Catalogue::check(whole.catalogue).unwrap();
        let bytes = finder::bundle_of(&checked, &whole.words).unwrap().bytes;
        let bundle = std::fs::read_dir(&out)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .find(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.starts_with("catalogue-") && name.ends_with(".bin")
            })
            .unwrap();
        assert!(std::fs::read(bundle).unwrap() == bytes, "to the byte");
        assert!(!read(&out, "sw.js").contains("whole.json"), "no device carries it");
    }
}

#[test]
fn a_faulty_catalogue_leaves_the_old_site_standing() {
    let (dir, out) = made("tests/municipalities/pine-harbour");
    let before = read(&out, "index.html");
    let empty = dir.path().join("nothing");
    std::fs::create_dir(&empty).unwrap();
    let fault = assemble(&Assembly {
        app: dir.path().join("app"),
        data: empty,
        out: out.clone(),
        root: project(),
        copies: CompressedCopies::Smallest,
    })
    .err()
    .unwrap();
    assert!(fault.to_string().contains("municipality.toml"));
    assert_eq!(read(&out, "index.html"), before);
}

#[test]
fn a_quick_site_has_the_same_files_without_compressed_copies() {
    let (dir, out) = made_with("tests/municipalities/pine-harbour", CompressedCopies::Smallest);
    let quick = dir.path().join("quick");
    assemble(&Assembly {
        app: dir.path().join("app"),
        data: project().join("tests/municipalities/pine-harbour"),
        out: quick.clone(),
        root: project(),
        copies: CompressedCopies::None,
    })
    .unwrap();
    let rows = |out: &Path| -> Vec<serde_json::Value> {
        let listing: serde_json::Value = serde_json::from_str(&read(out, "site.json")).unwrap();
        listing["files"].as_array().unwrap().clone()
    };
    let is_page = |row: &serde_json::Value| {
        row["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("/pages/") || path.ends_with("/frame.html"))
    };
    assert!(rows(&out).iter().any(is_page) && !rows(&quick).iter().any(is_page));
    let pairs = rows(&out).into_iter().filter(|row| !is_page(row)).zip(rows(&quick));
    for (whole, quick) in pairs {
        assert_eq!((&whole["path"], &whole["sha256"]), (&quick["path"], &quick["sha256"]));
        assert!(quick["br"].is_null() && quick["gz"].is_null());
    }
    assert!(out.join("index.html.br").exists() && !quick.join("index.html.br").exists());
}

#[test]
fn what_only_a_staff_tablet_needs_is_kept_by_tablets_alone() {
    let (_dir, out) = made("data/kawartha-lakes");
    let (page, counter) = (read(&out, "index.html"), read(&out, "counter/index.html"));
    assert!(page.contains("/app-") && !page.contains("/counter-"));
    for ending in ["css", "js", "wasm"] {
        let name = counter
            .split('"')
            .find(|part| part.starts_with("/counter-") && part.ends_with(ending))
            .unwrap();
        assert!(out.join(&name[1..]).exists());
        let worker = read(&out, "sw.js");
        let (always, on_tablets) = worker.split_once("IS_TABLET ?").unwrap();
        assert!(!always.contains(name) && on_tablets.contains(name), "{name}");
    }
    let css = |stem: &str| {
        let name = std::fs::read_dir(&out)
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name().into_string().unwrap());
        let name =
            name.into_iter().find(|name| name.starts_with(stem) && name.ends_with(".css")).unwrap();
        read(&out, &name)
    };
    assert!(css("counter-").contains(".playbook") && !css("app-").contains(".playbook"));
}

/// The values between two texts.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn search_engines_get_every_public_page_in_both_languages() {
    let (_dir, out) = made("data/kawartha-lakes");
    let sitemap = read(&out, "sitemap.xml");
    let (catalogue, words) = publish::check_dir(&project().join("data/kawartha-lakes")).unwrap();
    let bundle = finder::bundle_of(&catalogue, &words).unwrap();
    let pages = community_hub_app::render::pages(&bundle.bytes, &bundle.translations).unwrap();
    let listed = between(&sitemap, "<loc>{hub-origin}", "</loc>");
    let mut expected: Vec<&str> = pages
        .iter()
        .filter(|page| page.subject != community_hub_app::render::PageSubject::NotFound)
        .map(|page| page.path.as_str())
        .collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    let row = |path: &str| {
        let start = format!("<loc>{{hub-origin}}{path}</loc>");
        sitemap.lines().find(|line| line.contains(&start)).unwrap()
    };
    for path in ["/services/dog-licence", "/fr/services/dog-licence"] {
        for (tag, to) in [("en", ""), ("fr", "/fr"), ("x-default", "")] {
            let link =
                format!("hreflang=\"{tag}\" href=\"{{hub-origin}}{to}/services/dog-licence\"/>");
            assert!(row(path).contains(&link), "{}", row(path));
        }
    }
    // A date only where the source of the record has one.
    assert!(row("/hubs/library-lindsay").contains("<lastmod>2024-08</lastmod>"));
    assert!(!row("/privacy").contains("<lastmod>"));
    let dated = catalogue.services().iter().filter(|one| one.source.date.is_some()).count()
        + catalogue.hubs().iter().filter(|one| one.source.date.is_some()).count();
    assert_eq!(sitemap.matches("<lastmod>").count(), dated * 2);
    let robots = read(&out, "robots.txt");
    for path in ["/office", "/api", "/counter", "/status", "/fr/status", "/messages"] {
        assert!(robots.contains(&format!("Disallow: {path}\n")), "{robots}");
    }
    assert!(robots.ends_with("Sitemap: {hub-origin}/sitemap.xml\n"), "{robots}");
}

#[test]
fn a_page_tells_search_engines_what_it_shows() {
    let (_dir, out) = made_with("data/kawartha-lakes", CompressedCopies::Smallest);
    let data = |name: &str| -> Vec<serde_json::Value> {
        let page = read(&out, name);
        assert!(page.contains("hreflang=\"x-default\""), "{name}");
        between(&page, "<script type=\"application/ld+json\">", "</script>")
            .into_iter()
            .map(|data| serde_json::from_str(data).unwrap())
            .collect()
    };
    let home = data("pages/fr.html");
    assert_eq!(home[0]["@type"], "WebSite");
    assert_eq!(home[0]["potentialAction"]["target"], "/fr/search?q={q}");
    let way = |name: &str| {
        let page = read(&out, name);
        let of = data(name).into_iter().find(|one| one["@type"] == "BreadcrumbList").unwrap();
        let steps = of["itemListElement"].as_array().unwrap().clone();
        let first = steps[0]["item"].as_str().unwrap();
        assert!(page.contains(&format!("class=\"crumb\"><a href=\"{first}\"")), "{first}");
        steps[1]["item"].as_str().unwrap().to_string()
    };
    for path in ["services/dog-licence", "fr/services/dog-licence", "hubs/library-lindsay"] {
        assert_eq!(way(&format!("pages/{path}.html")), format!("/{path}"));
    }
    let (catalogue, _) = publish::check_dir(&project().join("data/kawartha-lakes")).unwrap();
    let topic = format!("topics/{}", catalogue.categories()[0].id);
    assert_eq!(way(&format!("pages/{topic}.html")), format!("/{topic}"));
    let hall = data("pages/hubs/library-lindsay.html");
    assert_eq!(hall[0]["@type"], "GovernmentOffice", "a counter serves people there");
}
