//! What the pages tell people to type: each command is there and takes its arguments.

use super::Checkout;
use crate::files;

/// Lines of the pages' shell examples, without their comments.
fn commands(page: &str) -> Vec<String> {
    let text = files::text(page);
    let blocks = text.split("```").skip(1).step_by(2);
    let shell = blocks.filter_map(|block| {
        let block = block.trim_start_matches(' ');
        block.strip_prefix("sh\n")
    });
    shell
        .flat_map(str::lines)
        .map(|line| line.split("  #").next().unwrap().trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// A newcomer follows the page from the top, on an account in which nothing answers but the doubles.
#[test]
fn a_newcomer_can_follow_the_pages() {
    let checkout = Checkout::new();
    for function in ["run-api", "sensor-api"] {
        checkout.note(&format!("live/sentori-dev-{function}"), "12");
    }
    let mut followed = 0;
    for page in ["docs/deploy.md", "docs/rollback.md"] {
        for line in commands(page) {
            // These need a compiler, a server, or the providers' registry; they have tests of their own.
            let elsewhere = [".ci/package", "infra/aws/scripts/smoke", "export "];
            if elsewhere.iter().any(|start| line.starts_with(start)) {
                continue;
            }
            let line = line.replace("OWNER/REPOSITORY", "owner/repository");
            let ran = checkout.run("/bin/bash", &["-c", &line]);
            let expected = if line.contains(" plan ") { 2 } else { 0 };
            assert_eq!(ran.status, expected, "{page}: {line}: {ran:?}");
            followed += 1;
        }
    }
    assert!(followed >= 12, "only {followed} commands were found");
}

/// The bash of macOS is 3.2: what came later is not used in scripts that people run.
#[test]
fn scripts_run_under_the_bash_of_macos() {
    let newer = [
        "mapfile",
        "readarray",
        "declare -A",
        "local -A",
        "local -n",
        "declare -n",
        "wait -n",
        "|&",
        "&>>",
        "^^}",
        ",,}",
        "@Q}",
        "EPOCHSECONDS",
        "coproc",
        "[-1]}",
    ];
    let folders = ["infra/aws/scripts", ".github/scripts"].map(|folder| files::root().join(folder));
    let mut scripts: Vec<_> = folders
        .iter()
        .flat_map(|folder| files::below(folder, ""))
        .collect();
    scripts.push(files::root().join("infra/check"));
    assert!(scripts.len() > 10);
    for script in scripts {
        let text = std::fs::read_to_string(&script).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        for line in code {
            let found = newer.iter().find(|word| line.contains(**word));
            assert_eq!(found, None, "{}: {line}", script.display());
        }
        // With `set -u` an empty array is unset there, so arrays are made with elements.
        let empty = text.contains("=()\n") && !script.ends_with("infra/check");
        assert!(!empty, "{} has an empty array", script.display());
    }
}
