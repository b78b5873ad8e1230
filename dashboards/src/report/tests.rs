use super::*;

fn checked() -> Vec<Check> {
    let one = |place: &str, problem: Option<&str>| Check {
        rule: "period".to_owned(),
        place: place.to_owned(),
        file: "dashboards/scenarios/a,b.toml".to_owned(),
        problem: problem.map(str::to_owned),
    };
    vec![
        one("fine", None),
        one("a <b> & \"c\"", Some("50% is:\nwrong \u{1}")),
    ]
}

#[test]
fn sarif_names_rules_places_and_files() {
    let log = sarif("lint", &checked());
    let run = &log["runs"][0];
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(
        run["tool"]["driver"]["rules"],
        serde_json::json!([{"id": "period"}])
    );
    let [result] = &run["results"].as_array().expect("a list")[..] else {
        panic!("{log:#}")
    };
    let location = &result["locations"][0];
    assert_eq!(result["ruleId"], "period");
    assert_eq!(
        location["physicalLocation"]["artifactLocation"]["uri"],
        "dashboards/scenarios/a,b.toml"
    );
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        "a <b> & \"c\""
    );
}

#[test]
fn junit_is_xml_and_counts() {
    let text = junit("test", &checked());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .expect("a suite");
    assert_eq!(
        (suite.attribute("tests"), suite.attribute("failures")),
        (Some("2"), Some("1"))
    );
    let failure = document
        .descendants()
        .find(|node| node.has_tag_name("failure"))
        .expect("a failure");
    assert_eq!(failure.text(), Some("50% is:\nwrong \u{fffd}"));
    let empty = junit("lint", &[]);
    let empty = roxmltree::Document::parse(&empty).expect("XML");
    let cases = empty
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    assert_eq!(cases.count(), 1);
}

#[test]
fn an_annotation_is_one_line() {
    assert_eq!(
        github(&checked()),
        "::error file=dashboards/scenarios/a%2Cb.toml,title=a <b> & \"c\" [period]::50%25 is:%0Awrong \u{1}\n"
    );
    assert_eq!(github(&checked()[..1]), "");
}
