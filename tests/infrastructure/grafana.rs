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
    let names: Vec<_> = secrets
        .iter()
        .map(|secret| member(secret, "name").unwrap().clone())
        .collect();
    assert_eq!(
        names,
        ["GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_SECRET_KEY"].map(Expression::from)
    );
    for secret in secrets {
        let from = member(secret, "valueFrom").unwrap().to_string();
        assert!(from.starts_with("aws_ssm_parameter.secret["), "{from}");
    }
}

#[test]
fn secrets_never_reach_the_state() {
    let module = Module::read("modules/grafana_service");
    let parameter = module.block("resource", &["aws_ssm_parameter", "secret"]);
    assert!(
        attribute(parameter, "value").is_none(),
        "a value is kept in the state"
    );
    let written = attribute(parameter, "value_wo").unwrap().to_string();
    assert!(
        written.starts_with("ephemeral."),
        "{written} is kept in the plan"
    );
    assert_eq!(
        attribute(parameter, "type"),
        Some(&Expression::from("SecureString"))
    );
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
    let (defaults, required) = Module::read("grafana").variables();
    assert_eq!(defaults["anonymous_viewer"], Value::Bool(false));
    assert!(
        required.contains(&"allowed_cidrs".to_owned()),
        "who may connect has no default"
    );
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
