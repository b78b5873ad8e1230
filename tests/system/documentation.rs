//! What is declared is also tried and described: each route and each property of the catalogue in every
//! file that nothing makes of it.

use std::collections::BTreeSet;

use catalogue::{Route, SENTORI};
use serde_json::{Map, Value};
use telemetry::Dimension as _;

const API: &str = include_str!("../../docs/api.md");
const EMITTED: &str = include_str!("../emitted.txt");
const OPENAPI: &str = include_str!("../openapi.json");

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
