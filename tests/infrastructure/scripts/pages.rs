//! What the pages tell people to type: each command is there and takes its arguments.

use system_tests::LocalServer;

use super::{COMPONENTS, Checkout};
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

/// Words in backquotes.
fn quoted(page: &str) -> Vec<String> {
    let text = files::text(page);
    let outside = text.split("```").step_by(2);
    let words = outside.flat_map(|text| text.split('`').skip(1).step_by(2));
    words.map(str::to_owned).collect()
}

/// A newcomer follows a page from the top, with nothing but what it says: an account in which the doubles
/// answer, and what bootstrap printed. The API is a real one, on this machine.
async fn followed(page: &str, checkout: &Checkout) -> usize {
    let served = LocalServer::start(&checkout.path("tables")).await;
    checkout.note("output-url", served.base());
    let printed = files::text("infra/aws/bootstrap/template.yaml");
    let mut exports = String::new();
    let commands = commands(page);
    for line in &commands {
        if let Some(variables) = line.strip_prefix("export ") {
            for variable in variables.split_whitespace() {
                let (name, value) = variable.split_once('=').unwrap();
                let found = value != "..." || printed.contains(name);
                assert!(found, "{page}: nothing prints what {name} is");
                let value = value.replace("...", "printed");
                exports = format!("{exports}export {name}={value}\n");
            }
            continue;
        }
        let line = line.replace("OWNER/REPOSITORY", "owner/repository");
        let script = format!("set -u\n{exports}{line}");
        let nothing_set = [("STATE_BUCKET", ""), ("AWS_REGION", "")];
        let ran = tokio::task::block_in_place(|| {
            checkout.run_with(&nothing_set, "/bin/bash", &["-c", &script])
        });
        let expected = if line.contains(" plan ") { 2 } else { 0 };
        assert_eq!(ran.status, expected, "{page}: {line}: {ran:?}");
    }
    commands.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_can_follow_the_page_from_an_empty_account() {
    let checkout = Checkout::new();
    let settings = "cp -r infra/aws/environments/example infra/aws/environments/dev";
    assert!(quoted("docs/deploy.md").contains(&settings.to_owned()));
    let environments = checkout.path("infra/aws/environments");
    std::fs::rename(environments.join("dev"), environments.join("example")).unwrap();
    assert_eq!(checkout.run("/bin/bash", &["-c", settings]).status, 0);
    let commands = followed("docs/deploy.md", &checkout).await;
    assert!(commands >= 15, "only {commands} commands were found");
    let calls = checkout.calls().join("\n");
    for step in [
        "cargo lambda build",
        "plan -input=false",
        "put-parameter",
        "get-metric-statistics",
    ] {
        assert!(calls.contains(step), "nobody came to {step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rolling_back_goes_as_its_page_says() {
    let checkout = Checkout::live("12");
    assert!(followed("docs/rollback.md", &checkout).await >= 4);
}

/// What the page on deploying names: variables of Terraform, of workflows and of scripts, and files.
#[test]
fn every_name_on_the_page_can_be_found() {
    let variables = COMPONENTS.map(|name| files::text(&format!("infra/aws/{name}/variables.tf")));
    let variables = variables.concat();
    let mut sources = String::new();
    for folder in [".github/workflows", ".github/scripts", "infra/aws/scripts"] {
        for file in files::below(&files::root().join(folder), "") {
            sources.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    let mut checked = 0;
    for words in quoted("docs/deploy.md") {
        let word = words.split([' ', '=']).next().unwrap();
        let of = |allowed: fn(char) -> bool| word.contains('_') && word.chars().all(allowed);
        if of(|c| c.is_ascii_lowercase() || c == '_') {
            let known = variables.contains(&format!("\"{word}\""));
            assert!(known, "no variable, and no value of one, is {word}");
        } else if of(|c| c.is_ascii_uppercase() || c == '_') {
            assert!(sources.contains(word), "nothing reads {word}");
        } else if ["infra/", ".ci/", ".github/"]
            .iter()
            .any(|start| word.starts_with(start))
        {
            assert!(files::root().join(word).exists(), "no {word}");
        } else {
            continue;
        }
        checked += 1;
    }
    assert!(checked >= 30, "only {checked} names were found");
}

/// The generated page on cost has the price of each way to Grafana; what others say of it is that, rounded.
#[test]
fn prices_are_those_of_the_page_on_cost() {
    let cost = files::text("docs/cost.md");
    let ways = [
        (
            "`https`",
            "access = \"https\"",
            "| HTTPS without a load balancer |",
        ),
        ("`tunnel`", "access = \"tunnel\"", "| through a tunnel |"),
        (
            "`load_balancer`",
            "access           = \"load_balancer\"",
            "| behind a load balancer |",
        ),
    ];
    let pages = files::text("docs/deploy.md");
    let variables = files::text("infra/aws/grafana/variables.tf");
    let example = files::text("infra/aws/environments/example/grafana.tfvars");
    for (way, setting, row) in ways {
        let row = cost.lines().find_map(|line| line.strip_prefix(row));
        let dev = row.unwrap().split('|').next().unwrap().trim();
        let price = format!("${:.0}", dev.parse::<f64>().unwrap());
        let says = |text: &str, from: &str| {
            let (_, after) = text.split_once(from).unwrap();
            after.split('$').nth(1).map(|after| {
                let digits = after.chars().take_while(char::is_ascii_digit);
                format!("${}", digits.collect::<String>())
            })
        };
        let table = pages.split_once("## Grafana").unwrap().1;
        assert_eq!(
            says(table, way).as_ref(),
            Some(&price),
            "docs/deploy.md: {way}"
        );
        assert_eq!(
            says(&variables, way).as_ref(),
            Some(&price),
            "variables.tf: {way}"
        );
        // The comment stands before the setting.
        let comment = example.split_once(setting).unwrap().0.rsplit('$').next();
        let said: String = comment
            .unwrap()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        assert_eq!(format!("${said}"), price, "grafana.tfvars: {way}");
    }
}

/// The bash of macOS is 3.2: what came later is not used in scripts that people run.
#[test]
fn scripts_run_under_the_bash_of_macos() {
    let newer = [
        "mapfile",
        "readarray",
        "declare -A",
        "local -A",
        "declare -g",
        "local -n",
        "declare -n",
        "wait -n",
        "|&",
        "&>>",
        ";&",
        ";;&",
        "^}",
        ",,}",
        "@Q}",
        "@E}",
        "[-1]}",
        "coproc",
        "exec {",
        "read -N",
        "read -i",
        "[ -v ",
        "test -v",
        "printf '%(",
        "globstar",
        "lastpipe",
        "inherit_errexit",
        "BASHPID",
        "EPOCHSECONDS",
        "EPOCHREALTIME",
        "SRANDOM",
        "\\u",
    ];
    let folders = ["infra/aws/scripts", ".github/scripts"].map(|folder| files::root().join(folder));
    let mut scripts: Vec<_> = folders
        .iter()
        .flat_map(|folder| files::below(folder, ""))
        .collect();
    for script in ["infra/check", ".ci/package", ".ci/run"] {
        scripts.push(files::root().join(script));
    }
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
        // With `set -u` an empty array is unset there, so arrays are made with elements, or counted first.
        let empty = text.contains("=()\n") && !script.ends_with("infra/check");
        assert!(!empty, "{} has an empty array", script.display());
        // Its parser ends a substitution at the first unmatched parenthesis, such as that of a case.
        let substitutions = text.split("$(").skip(1);
        for substitution in substitutions {
            let inside = substitution.split(')').next().unwrap();
            assert!(
                !inside.contains("case "),
                "{}: $({inside}",
                script.display()
            );
        }
    }
}
