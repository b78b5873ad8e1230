//! No modules are in a circle, so that whoever reads one needs those below it and no other.
//!
//! What is compared stands side by side in a folder, each with all that is in it. A folder's own
//! file and the files in the folder are one module and may use each other.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Names from the root of the crate.
type Names = Vec<String>;
/// What stands in one folder: who uses whom, and by which line.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn no_crate_has_a_circle() {
    let folders = [
        "src",
        "../dashboards/src",
        "../dashboards/library/src",
        "../handlers/src",
        "../infra/local/src",
        "../tests/src",
    ];
    for folder in folders {
        assert_eq!(circles(&sources(folder)), [""; 0], "{folder}");
    }
}

#[test]
fn a_circle_is_told_with_its_lines() {
    let sources = [
        (
            "",
            "mod a; mod b; pub mod c; pub use c::d::{Deep, other as another};",
        ),
        ("a", "use crate::{b::Thing, outside};\n// use crate::c::No;"),
        (
            "b",
            "fn f() { super::Deep::new(); } macro_rules! m { () => { $crate::a::X } }",
        ),
        (
            "c",
            "#[cfg(test)]\nuse crate::b::Thing;\nmod d; mod e; pub use e::Last;",
        ),
        ("c::d", "use std::fmt;\nuse super::{super::a, Last};"),
        (
            "c::e",
            "use super::own;\n#[cfg(test)]\nmod tests { use super::super::d; }",
        ),
    ];
    let sources = sources.map(|(module, text)| (names(module), text.to_owned()));
    let told = "a uses b::Thing, b uses c::d::Deep::new, c::d uses a";
    assert_eq!(circles(&sources.into()), [told]);
}

/// The sources of a crate by module, without those of tests.
fn sources(folder: &str) -> BTreeMap<Names, String> {
    fn read(folder: &Path, module: &[String], sources: &mut BTreeMap<Names, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let own = [module, std::slice::from_ref(&name)].concat();
            match name.as_str() {
                "tests" | "fixture" => {}
                _ if path.is_dir() => read(&path, &own, sources),
                _ if path.extension().is_none_or(|kind| kind != "rs") => {}
                "lib" | "mod" => {
                    sources.insert(module.to_vec(), fs::read_to_string(path).unwrap());
                }
                _ => {
                    sources.insert(own, fs::read_to_string(path).unwrap());
                }
            }
        }
    }
    let mut sources = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    read(&folder, &[], &mut sources);
    assert!(sources.len() > 10, "{folder:?}");
    sources
}

/// The circles, one a folder, in words.
fn circles(sources: &BTreeMap<Names, String>) -> Vec<String> {
    let code = |(module, text): (&Names, &String)| (module.clone(), code(text));
    let sources: BTreeMap<Names, String> = sources.iter().map(code).collect();
    let mut folders: BTreeMap<Names, Graph> = BTreeMap::new();
    for (module, text) in &sources {
        for path in paths(text) {
            let Some(path) = from_root(&sources, module, &path) else {
                continue;
            };
            let (used, item) = declared(&sources, &path, 8);
            let common = module.iter().zip(&used).take_while(|(a, b)| a == b).count();
            if common == module.len() || common == used.len() {
                continue;
            }
            let line = format!(
                "{} uses {}",
                module.join("::"),
                [used.clone(), item].concat().join("::")
            );
            let graph = folders.entry(module[..common].to_vec()).or_default();
            let uses = graph.entry(module[common].clone()).or_default();
            uses.entry(used[common].clone()).or_insert(line);
        }
    }
    folders.values().filter_map(circle).collect()
}

/// The first circle, line by line.
fn circle(graph: &Graph) -> Option<String> {
    fn walk<'a>(
        graph: &'a Graph,
        at: &'a str,
        way: &mut Vec<(&'a str, &'a str)>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<String> {
        if let Some(start) = way.iter().position(|(module, _)| *module == at) {
            let lines: Vec<&str> = way[start..].iter().map(|(_, line)| *line).collect();
            return Some(lines.join(", "));
        }
        if done.contains(at) {
            return None;
        }
        for (next, line) in graph.get(at).into_iter().flatten() {
            way.push((at, line));
            let found = walk(graph, next, way, done);
            if found.is_some() {
                return found;
            }
            way.pop();
        }
        done.insert(at);
        None
    }
    let mut done = BTreeSet::new();
    graph
        .keys()
        .find_map(|module| walk(graph, module, &mut Vec::new(), &mut done))
}

/// The module that an item is declared in, whoever hands it on, and the item there.
fn declared(sources: &BTreeMap<Names, String>, path: &[String], hops: usize) -> (Names, Names) {
    let is_module = |length: &usize| sources.contains_key(&path[..*length]);
    let length = (0..=path.len()).rev().find(is_module).unwrap_or_default();
    let (module, item) = path.split_at(length);
    let [first, rest @ ..] = item else {
        return (module.to_vec(), Vec::new());
    };
    let handed_on = paths(&sources[module])
        .filter(|path| path.public && path.names.last() == Some(first))
        .find_map(|path| from_root(sources, module, &path));
    match handed_on {
        Some(path) if hops > 0 => declared(sources, &[&path, rest].concat(), hops - 1),
        _ => (module.to_vec(), item.to_vec()),
    }
}

/// A path of this crate, from its root.
fn from_root(
    sources: &BTreeMap<Names, String>,
    module: &[String],
    path: &UsedPath,
) -> Option<Names> {
    let mut base = module.to_vec();
    let mut rest = path.names.as_slice();
    match rest.first()?.as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        child => {
            let child = [module, &[child.to_owned()]].concat();
            return sources
                .contains_key(&child)
                .then(|| [module, rest].concat());
        }
    }
    rest = &rest[1..];
    while let [first, others @ ..] = rest
        && first == "super"
    {
        base.pop();
        rest = others;
    }
    Some([&base, rest].concat())
}

/// A path as it is written, and whether others find its item here.
struct UsedPath {
    names: Names,
    public: bool,
}

/// Every path of `use`, and every one that starts at `crate`, `self` or `super`.
fn paths(code: &str) -> impl Iterator<Item = UsedPath> {
    let mut all = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let line = statement.trim_start();
        let (public, tree) = match line.strip_prefix("pub") {
            Some(line) => (
                true,
                line.rsplit_once(") ")
                    .filter(|_| line.starts_with('('))
                    .map_or(line, |(_, line)| line)
                    .trim_start(),
            ),
            None => (false, line),
        };
        let Some(tree) = tree.strip_prefix("use ") else {
            rest.push_str(statement);
            continue;
        };
        for path in leaves(tree.trim_end_matches(';')) {
            let names = names(&path);
            all.push(UsedPath { names, public });
        }
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = rest.split(move |c| !is_word(c) && c != '$');
    let rooted = words.filter(|word| {
        ["crate::", "self::", "super::"]
            .iter()
            .any(|root| word.starts_with(root))
    });
    all.extend(rooted.map(|word| UsedPath {
        names: names(word),
        public: false,
    }));
    all.into_iter()
}

/// The paths of a tree such as `a::{b, c::{self, d as e}}`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((prefix, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.trim().trim_end_matches("::self").to_owned()];
    };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts
        .flat_map(|part| leaves(&format!("{}{part}", prefix.trim())))
        .collect()
}

fn names(path: &str) -> Names {
    path.split("::")
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The text without comments, attributes and what only tests have; blocks begin statements too.
fn code(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let mut text: String = lines.map(|line| format!("{line}\n")).collect();
    while let Some(start) = text.find("#[cfg(test)]") {
        let after = &text[start..];
        let end = after.find(';').map_or(after.len(), |end| end + 1);
        let is_block = after[..end].contains("mod ") && after[..end].contains('{');
        let end = if is_block { after.len() } else { end };
        text.replace_range(start..start + end, "");
    }
    // A statement begins after another one, a block or an attribute.
    text.replace("}\n", "};\n").replace("]\n", "];\n")
}
