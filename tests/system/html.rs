//! What the HTML standard says of the console's pages, by html-validate: ids that stand twice, an
//! attribute that a browser never sees, elements in each other that may not be.

use std::process::Command;

use system_tests::{LocalServer, pages};

use crate::refreshes::traffic;
use crate::signals::call_below;

/// Where `.ci/install` puts it.
const VALIDATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/html-validate/node_modules/.bin/html-validate"
);

/// It counts `details` as a section, which may not be in a header cell; the standard does not
/// (<https://html.spec.whatwg.org/multipage/dom.html#sectioning-content>).
const SETTINGS: &str = r#"{
    "root": true,
    "extends": ["html-validate:standard"],
    "elements": ["html5", { "details": { "sectioning": false } }]
}"#;

#[tokio::test]
async fn every_page_is_html() {
    let (data, written) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = LocalServer::start(data.path()).await;
    traffic(server.api()).await;
    server.api().started("ada").await;
    call_below(server.api()).await;
    for path in pages(server.api()).await {
        let call = server.api().get(&path).header("accept", "text/html");
        let page = call.send().await.body;
        let name = path.replace(|c: char| !c.is_alphanumeric(), "_");
        std::fs::write(written.path().join(format!("page{name}.html")), page).unwrap();
    }
    let settings = written.path().join("settings.json");
    std::fs::write(&settings, SETTINGS).unwrap();
    let checked = Command::new(VALIDATE)
        .args(["--formatter", "text", "--config"])
        .args([settings.as_path(), written.path()])
        .output();
    let Some(checked) = system_tests::tool::if_installed("html-validate", checked) else {
        return;
    };
    let said = [checked.stdout, checked.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(checked.status.success(), "{said}");
}
