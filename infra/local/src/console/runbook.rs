//! `/runbooks/{name}`: what to do when an alarm fires: the pages of `docs/runbooks`, which are
//! part of the program.

use axum::extract::Path;
use axum::response::Response;
use include_dir::{Dir, include_dir};
use maud::{PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::json;

use super::accept::{Accept, without_suffix};
use super::page::{Page, Section};

static RUNBOOKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../docs/runbooks");

pub(super) async fn page(Path(name): Path<String>, accept: Accept) -> Response {
    let name = without_suffix(&name).trim_end_matches(".md");
    let file = RUNBOOKS.get_file(format!("{name}.md"));
    let Some(text) = file.and_then(include_dir::File::contents_utf8) else {
        return accept.page(&Page::not_found(
            Section::Alarms,
            &format!("There is no runbook {name}."),
        ));
    };
    accept.answer(
        || json!({ "name": name, "text": text }),
        || {
            let body = html! {
                p.trail { a href="/alarms" { "Alarms" } }
                article.prose { (PreEscaped(markdown(text))) }
            };
            Page::new(Section::Alarms, name, body)
        },
    )
}

/// Markdown as HTML, in which HTML stays text.
fn markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}
