//! What is declared is also tried and described: each route and each property of the catalogue in every
//! file that nothing makes of it. What runbooks ask logs for is in them.

use std::collections::BTreeSet;
use std::fs;

use catalogue::{Route, SENTORI};
use serde_json::{Map, Value};
use telemetry::Dimension as _;
use telemetry::property::STANDARD;

const API: &str = include_str!("../../docs/api.md");
const EMITTED: &str = include_str!("../emitted.txt");
const OPENAPI: &str = include_str!("../openapi.json");
const RUNBOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/runbooks");

/// Every route that a function serves, as `GET /api/runs/{id}`.
fn routes() -> impl Iterator<Item = &'static str> {
    let served = Route::all().filter(|route| *route != Route::Unmatched);
    served.map(Route::value)
}

/// The route of a request as somebody writes it, with its query and an id or a word for one.
fn route(request: &str) -> Option<&'static str> {
    let request = request.split('?').next().unwrap_or_default();
    let fits = |route: &&str| {
        let mut parts = route.split('/').zip(request.split('/'));
        route.split('/').count() == request.split('/').count()
            && parts.all(|(part, given)| part == given || part.starts_with('{'))
    };
    routes()
        .find(|route| *route == request)
        .or_else(|| routes().find(fits))
}

/// Objects that stand behind this word in what is emitted.
fn emitted(word: &str) -> impl Iterator<Item = Map<String, Value>> {
    let lines = EMITTED
        .lines()
        .filter_map(move |line| line.strip_prefix(word));
    lines.map(|object| serde_json::from_str(object).unwrap())
}

fn section(title: &str) -> &'static str {
    let (_, section) = API.split_once(&format!("# {title}\n")).unwrap();
    section.split("\n## ").next().unwrap()
}

/// The requests of a section's tables.
fn rows(title: &str) -> BTreeSet<&'static str> {
    let rows = section(title)
        .lines()
        .filter_map(|line| line.strip_prefix("| "));
    let requests = rows.map(|row| row.split('|').next().unwrap().replace('`', ""));
    requests
        .filter_map(|request| route(request.trim()))
        .collect()
}

/// The requests of the examples.
fn examples() -> BTreeSet<&'static str> {
    let commands = section("A simulation with curl").replace("\\\n", "");
    let requests = commands.lines().filter_map(|command| {
        let (_, target) = command.split_once("$API")?;
        let posts = command.contains("-X POST") || command.contains(" -d ");
        let path = target.split([' ', '"', ')']).next()?;
        route(&format!("{} {path}", if posts { "POST" } else { "GET" }))
    });
    requests.collect()
}

/// Whether its description says that a request can be invalid.
fn takes_input(route: &str) -> bool {
    let openapi: Value = serde_json::from_str(OPENAPI).unwrap();
    let (method, path) = route.split_once(' ').unwrap();
    !openapi["paths"][path][method.to_lowercase()]["responses"]["400"].is_null()
}

#[test]
fn each_route_is_tried_and_described() {
    let tried = emitted("  dimensions ")
        .filter_map(|dimensions| route(dimensions.get("Route")?.as_str()?))
        .collect();
    let everything: fn(&str) -> bool = |_| true;
    let places = [
        (
            "a case in tests/system/lambda/emitted/cases.rs",
            tried,
            everything,
        ),
        (
            "a row in the first table of docs/api.md",
            rows("The API"),
            everything,
        ),
        ("an example in docs/api.md", examples(), everything),
        (
            "a row of \"Who may do what\" in docs/api.md",
            rows("Who may do what"),
            |route| route != Route::OpenApi.value(),
        ),
        (
            "a row of \"Bad input\" in docs/api.md",
            rows("Bad input"),
            takes_input,
        ),
    ];
    let mut missing = Vec::new();
    for (place, there, wanted) in places {
        let forgotten = routes().filter(|route| wanted(route) && !there.contains(route));
        missing.extend(forgotten.map(|route| format!("{route} has not {place}")));
    }
    assert_eq!(missing, [""; 0]);
}

#[test]
fn each_property_of_the_catalogue_is_set() {
    let set: BTreeSet<String> = emitted("  properties ")
        .flatten()
        .map(|(name, _)| name)
        .collect();
    for property in SENTORI.properties {
        let name = property.name();
        assert!(
            set.contains(name),
            "nobody sets the property {name}, or no case in tests/system/lambda/emitted/cases.rs shows it"
        );
    }
}

/// Words of Logs Insights that are no fields.
const INSIGHTS: [&str; 17] = [
    "and",
    "as",
    "asc",
    "by",
    "count",
    "desc",
    "fields",
    "filter",
    "ispresent",
    "like",
    "limit",
    "not",
    "or",
    "parse",
    "sort",
    "stats",
    "in",
];

/// The queries for Logs Insights in a text.
fn queries(text: &str) -> impl Iterator<Item = &str> {
    let commands = ["fields ", "filter ", "parse ", "stats "];
    let code = text.split('`').skip(1).step_by(2);
    code.filter(move |code| commands.iter().any(|command| code.starts_with(command)))
}

/// Names in a query: neither texts, nor regular expressions, nor numbers.
fn names(query: &str) -> Vec<&str> {
    let mut quote = None;
    let of_no_name = move |c: char| match quote {
        Some(open) => {
            quote = quote.filter(|_| c != open);
            true
        }
        None => {
            quote = Some(c).filter(|c| "'\"/".contains(*c));
            !(c.is_alphanumeric() || "@._".contains(c))
        }
    };
    let words = query.split(of_no_name).filter(|word| !word.is_empty());
    let is_name = |word: &&str| !INSIGHTS.contains(word) && word.parse::<f64>().is_err();
    words.filter(is_name).collect()
}

/// What the compiled functions write: members of events and of records.
fn written() -> BTreeSet<String> {
    let members = ["  dimensions ", "  properties ", "log "];
    let members = members.into_iter().flat_map(emitted).flatten();
    let metrics = EMITTED.lines().filter_map(|line| line.split_once(" = "));
    let metrics = metrics.map(|(name, _)| name.trim().to_owned());
    // What differs from one time to the next is left out of the table.
    let of_each = STANDARD.iter().map(|property| property.name().to_owned());
    let all = members.map(|(name, _)| name).chain(metrics).chain(of_each);
    all.chain(["@timestamp", "@message"].map(str::to_owned))
        .collect()
}

#[test]
fn runbooks_ask_logs_for_what_is_in_them() {
    let written = written();
    let mut seen = 0;
    for file in fs::read_dir(RUNBOOKS).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for query in queries(&text) {
            seen += 1;
            // The gateway's log has no names: a query gives them.
            let (given, query) = match query.strip_prefix("parse ") {
                Some(parsed) => parsed.split_once('|').unwrap(),
                None => ("", query),
            };
            let given = names(given);
            for name in names(query) {
                let known = match given[..] {
                    [] => written.contains(name) || name.starts_with("_aws."),
                    _ => given.contains(&name),
                };
                assert!(known, "{}: no line has {name}: {query}", path.display());
            }
        }
    }
    assert!(seen > 5, "{seen} queries");
}
