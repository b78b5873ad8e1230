//! The parts of a page that a refresh brings up to date.
//!
//! Each has an id and a digest of what it shows. A refresh sends the digests in
//! [`SHOWN`] and gets the parts that have become others, and nothing else: a page on which
//! nothing happens costs a few bytes.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use dashboards::model::GridItem;
use http::{HeaderMap, HeaderName};
use maud::{Markup, PreEscaped, html};

/// What a refresh shows already: `id=digest`, with spaces between them.
pub(super) const SHOWN: HeaderName = HeaderName::from_static("x-shown");

/// The live parts of a page, in its order.
#[derive(Debug, Default)]
pub(super) struct Live(RefCell<Vec<Part>>);

#[derive(Debug)]
struct Part {
    shown: String,
    html: String,
}

impl Live {
    /// A part in a `div` with this id and these classes.
    pub(super) fn part(&self, id: &str, class: &str, content: &Markup) -> Markup {
        self.keep(id, &content.0, |digest| {
            html! { div id=(id) class=[(!class.is_empty()).then_some(class)] data-live=(digest) { (content) } }
        })
    }

    /// A part that scrolls by itself, for which it has a name.
    pub(super) fn region(&self, id: &str, class: &str, name: &str, content: &Markup) -> Markup {
        self.keep(id, &content.0, |digest| {
            html! {
                div id=(id) class=(class) data-live=(digest) tabindex="0" role="region" aria-label=(name) { (content) }
            }
        })
    }

    /// A card of a list, with a class that says how it is.
    pub(super) fn card(&self, id: &str, class: &str, content: &Markup) -> Markup {
        self.keep(id, &content.0, |digest| {
            html! { article.card.(class) id=(id) data-live=(digest) { (content) } }
        })
    }

    /// What other parts stand in. It is sent when these are others, whatever they show.
    pub(super) fn frame(
        &self,
        id: &str,
        class: &str,
        parts: &[impl Hash],
        content: &Markup,
    ) -> Markup {
        self.keep(id, parts, |digest| {
            html! { div id=(id) class=(class) data-live=(digest) { (content) } }
        })
    }

    /// A panel of a dashboard.
    pub(super) fn panel(&self, placed: &GridItem<'_>, drawn: &Markup) -> Markup {
        let id = format!("panel-{}", placed.id);
        let class = format!("live w{} h{}", placed.cell.w, placed.cell.h);
        self.part(&id, &class, drawn)
    }

    /// Keeps a part, which is another one when `shown` is.
    fn keep(
        &self,
        id: &str,
        shown: &(impl Hash + ?Sized),
        part: impl FnOnce(&str) -> Markup,
    ) -> Markup {
        let mut hasher = DefaultHasher::new();
        shown.hash(&mut hasher);
        let digest = format!("{:x}", hasher.finish());
        let html = part(&digest);
        self.0.borrow_mut().push(Part {
            shown: format!("{id}={digest}"),
            html: html.0.clone(),
        });
        html
    }

    /// The parts that are not `shown` as they are.
    pub(super) fn changed(&self, shown: &str) -> Markup {
        let shown: Vec<&str> = shown.split(' ').collect();
        let parts = self.0.borrow();
        let changed = parts
            .iter()
            .filter(|part| !shown.contains(&part.shown.as_str()));
        PreEscaped(changed.map(|part| part.html.as_str()).collect())
    }
}

/// What a refresh shows already; none if this is no refresh.
pub(super) fn shown(headers: &HeaderMap) -> Option<&str> {
    headers.get(SHOWN)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_changed_is_sent() {
        let live = Live::default();
        let same = live.part("same", "", &html! { "1" });
        live.region("other", "wide", "Others", &html! { "2" });
        let digest = same.0.split("data-live=\"").nth(1).unwrap();
        let shown = format!("same={} other=0", digest.split('"').next().unwrap());
        let changed = live.changed(&shown).0;
        assert!(
            !changed.contains("same") && changed.contains("other"),
            "{changed}"
        );
        assert_eq!(live.changed("").0.matches("data-live").count(), 2);
    }
}
