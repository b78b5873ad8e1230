//! The Grafana task: images pinned, secrets by reference, nobody in without a login.

use hcl::{Expression, Value};

use super::terraform::{Module, attribute, elements, entries};

fn member<'a>(object: &'a Expression, name: &str) -> Option<&'a Expression> {
    entries(object)
        .into_iter()
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The container of this name, as the task definition has it.
fn container<'a>(module: &'a Module, name: &str) -> &'a Expression {
    elements(module.local("containers"))
        .iter()
        .find(|container| member(container, "name") == Some(&Expression::from(name)))
        .unwrap_or_else(|| panic!("no container {name}"))
}

#[test]
fn images_are_pinned_by_digest() {
    let module = Module::read("modules/grafana_service");
    for (name, image) in entries(module.local("images")) {
        let Expression::String(image) = image else {
            panic!("{name}: {image} is not a literal")
        };
        let (_, digest) = image
            .split_once("@sha256:")
            .unwrap_or_else(|| panic!("{image} is not pinned"));
        assert!(
            digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{image}"
        );
    }
    for container in elements(module.local("containers")) {
        let image = member(container, "image").unwrap().to_string();
        assert!(
            image.starts_with("local.images."),
            "{image} is not one of the pinned images"
        );
    }
}

#[test]
fn the_plugin_is_pinned() {
    let module = Module::read("modules/grafana_service");
    let Expression::String(plugin) = module.local("xray_plugin") else {
        panic!("not a literal")
    };
    let (id, version) = plugin.split_once('@').unwrap();
    assert_eq!(id, "grafana-x-ray-datasource");
    assert_eq!(
        version
            .split('.')
            .filter(|part| part.parse::<u32>().is_ok())
            .count(),
        3,
        "{version}"
    );
}

#[test]
fn no_secret_is_in_the_plain_environment() {
    let module = Module::read("modules/grafana_service");
    let plain = entries(module.local("grafana_environment"));
    for (name, _) in &plain {
        let secret = ["PASSWORD", "SECRET_KEY", "TOKEN", "CLIENT_SECRET"]
            .iter()
            .any(|word| name.ends_with(word));
        assert!(!secret, "{name} is in the plain environment");
    }
    let secrets = elements(member(container(&module, "grafana"), "secrets").unwrap());
    assert_eq!(secrets.len(), 1);
    assert_eq!(
        member(&secrets[0], "name"),
        Some(&Expression::from("GF_SECURITY_ADMIN_PASSWORD"))
    );
    let from = member(&secrets[0], "valueFrom").unwrap().to_string();
    assert_eq!(from, "local.password_arn");
}

/// The provider reads every parameter that it manages, decrypted, so whoever plans could read it too.
#[test]
fn terraform_knows_of_no_secret() {
    for (name, module) in Module::all() {
        for block in module.blocks("resource") {
            let kind = block.labels()[0].as_str();
            let secret = kind.starts_with("aws_secretsmanager")
                || attribute(block, "type") == Some(&Expression::from("SecureString"));
            assert!(!secret, "{name} manages a secret, {kind}");
        }
    }
}

#[test]
fn a_visitor_needs_a_login_unless_asked_otherwise_and_then_only_looks() {
    let module = Module::read("modules/grafana_service");
    let environment = module.local("grafana_environment");
    assert_eq!(
        member(environment, "GF_AUTH_ANONYMOUS_ORG_ROLE"),
        Some(&Expression::from("Viewer"))
    );
    let enabled = member(environment, "GF_AUTH_ANONYMOUS_ENABLED")
        .unwrap()
        .to_string();
    assert_eq!(enabled, "tostring(var.anonymous_viewer)");
    let (defaults, _) = Module::read("grafana").variables();
    assert_eq!(defaults["anonymous_viewer"], Value::Bool(false));
    assert_eq!(defaults["allowed_cidrs"], Value::Array(Vec::new()));
}

#[test]
fn the_api_has_no_default_authentication() {
    assert!(
        Module::read("api")
            .variables()
            .1
            .contains(&"authentication".to_owned())
    );
}

#[test]
fn grafana_starts_once_its_content_is_there() {
    let module = Module::read("modules/grafana_service");
    let depends_on = elements(member(container(&module, "grafana"), "dependsOn").unwrap());
    assert_eq!(
        member(&depends_on[0], "containerName"),
        Some(&Expression::from("provisioning"))
    );
    assert_eq!(
        member(&depends_on[0], "condition"),
        Some(&Expression::from("SUCCESS"))
    );
    let hash = member(
        module.local("grafana_environment"),
        "SENTORI_CONTENT_SHA256",
    )
    .unwrap();
    assert_eq!(
        hash.to_string(),
        "var.content.sha256",
        "changed content is a changed task definition"
    );
}
