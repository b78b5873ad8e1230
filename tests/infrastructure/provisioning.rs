//! What the bucket holds, loaded as Grafana's provisioning would: data sources, then every dashboard
//! below the provider's path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use hcl::Expression;
use serde::Deserialize;
use serde_json::Value;

use super::files;
use super::terraform::Module;

#[derive(Deserialize)]
struct DataSources {
    prune: bool,
    datasources: Vec<DataSource>,
}

#[derive(Deserialize)]
struct DataSource {
    name: String,
    uid: String,
    #[serde(rename = "type")]
    kind: String,
    editable: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Providers {
    providers: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    #[serde(rename = "type")]
    kind: String,
    folder: String,
    folder_uid: String,
    disable_deletion: bool,
    allow_ui_updates: bool,
    options: Options,
}

#[derive(Deserialize)]
struct Options {
    path: String,
}

/// Data sources and dashboards of one kind of deployment.
struct Layout {
    sources: Vec<DataSource>,
    provider: Provider,
    dashboards: Vec<(PathBuf, Value)>,
}

fn layout(kind: &str) -> Layout {
    let provisioning = files::root().join("infra/grafana").join(kind);
    let sources: DataSources = only(&provisioning.join("datasources"));
    assert!(sources.prune, "a removed data source would stay");
    let mut providers: Providers = only(&provisioning.join("dashboards"));
    assert_eq!(providers.providers.len(), 1);
    let rendered = files::root().join("infra/rendered/grafana").join(kind);
    let dashboards: Vec<_> = files::below(&rendered, ".json")
        .into_iter()
        .map(|path| {
            (
                path.clone(),
                serde_json::from_slice(&fs::read(path).unwrap()).unwrap(),
            )
        })
        .collect();
    assert!(!dashboards.is_empty(), "{} is empty", rendered.display());
    Layout {
        sources: sources.datasources,
        provider: providers.providers.remove(0),
        dashboards,
    }
}

/// The one YAML file of a folder.
fn only<T: serde::de::DeserializeOwned>(folder: &Path) -> T {
    let files = files::below(folder, ".yaml");
    assert_eq!(files.len(), 1, "{}", folder.display());
    serde_yaml_ng::from_slice(&fs::read(&files[0]).unwrap()).unwrap()
}

const KINDS: [&str; 2] = ["cloudwatch", "prometheus"];

#[test]
fn data_sources_are_distinct_and_fixed() {
    for kind in KINDS {
        let sources = layout(kind).sources;
        for name in [
            |source: &DataSource| source.uid.clone(),
            |source: &DataSource| source.name.clone(),
        ] {
            assert_eq!(
                sources.iter().map(name).collect::<BTreeSet<_>>().len(),
                sources.len(),
                "{kind}"
            );
        }
        assert!(
            sources.iter().all(|source| !source.editable),
            "{kind}: provisioned and editable"
        );
    }
}

#[test]
fn the_provider_replaces_and_deletes() {
    for kind in KINDS {
        let Provider {
            kind: provider,
            folder,
            folder_uid,
            disable_deletion,
            allow_ui_updates,
            ..
        } = layout(kind).provider;
        assert_eq!(
            (provider.as_str(), folder.as_str(), folder_uid.as_str()),
            ("file", "Sentori", "sentori")
        );
        assert!(!disable_deletion, "{kind}: a deleted dashboard would stay");
        assert!(
            !allow_ui_updates,
            "{kind}: changes in the browser would be lost silently"
        );
    }
}

#[test]
fn the_provider_reads_where_the_task_puts_the_bucket() {
    let module = Module::read("modules/grafana_service");
    let Expression::String(mounted) = module.local("content_path") else {
        panic!("not a literal")
    };
    assert_eq!(
        layout("cloudwatch").provider.options.path,
        format!("{mounted}/dashboards")
    );
}

#[test]
fn dashboards_have_titles_and_uids_of_their_own() {
    for kind in KINDS {
        let mut seen: BTreeMap<(&str, String), PathBuf> = BTreeMap::new();
        for (path, dashboard) in layout(kind).dashboards {
            let uid = dashboard["uid"].as_str().unwrap_or_default().to_owned();
            assert!(
                (1..=40).contains(&uid.len()),
                "{}: uid {uid:?}",
                path.display()
            );
            assert!(
                dashboard["id"].is_null(),
                "{}: an id belongs to a database",
                path.display()
            );
            let title = dashboard["title"].as_str().unwrap_or_default().to_owned();
            assert!(!title.is_empty(), "{}: no title", path.display());
            for key in [("uid", uid), ("title", title)] {
                let shown = format!("{key:?}");
                let other = seen.insert(key, path.clone());
                assert_eq!(other, None, "{shown} is used twice in {kind}");
            }
        }
    }
}

#[test]
fn every_data_source_reference_resolves() {
    for kind in KINDS {
        let layout = layout(kind);
        for (path, dashboard) in &layout.dashboards {
            let variables = data_source_variables(dashboard);
            let mut references = Vec::new();
            collect_references(dashboard, &mut references);
            for (source, uid) in references {
                let wanted = match uid
                    .strip_prefix("${")
                    .and_then(|name| name.strip_suffix('}'))
                {
                    Some(name) => variables
                        .get(name)
                        .cloned()
                        .unwrap_or_else(|| panic!("{}: no variable {name}", path.display())),
                    None if uid == "-- Grafana --" || uid == "grafana" => continue,
                    None => panic!("{}: data source {uid} is not a variable", path.display()),
                };
                assert_eq!(
                    source,
                    wanted,
                    "{}: {uid} is for another type",
                    path.display()
                );
                let provided = layout.sources.iter().any(|source| source.kind == wanted);
                assert!(
                    provided,
                    "{}: no data source of type {wanted} is provisioned for {kind}",
                    path.display()
                );
            }
        }
    }
}

/// Names of the variables that choose a data source, with the type they choose among.
fn data_source_variables(dashboard: &Value) -> BTreeMap<String, String> {
    let variables = dashboard["templating"]["list"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    variables
        .iter()
        .filter(|variable| variable["type"] == "datasource")
        .map(|variable| {
            (
                variable["name"].as_str().unwrap().to_owned(),
                variable["query"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

/// Type and uid of every data source that is named anywhere in a dashboard.
fn collect_references(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            if let Some((kind, uid)) = members
                .get("datasource")
                .and_then(|source| Some((source["type"].as_str()?, source["uid"].as_str()?)))
            {
                found.push((kind.to_owned(), uid.to_owned()));
            }
            members
                .values()
                .for_each(|member| collect_references(member, found));
        }
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| collect_references(element, found)),
        _ => {}
    }
}
