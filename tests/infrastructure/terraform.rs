//! A Terraform module as data, and the few expressions in it that can be evaluated without Terraform.

use std::collections::BTreeMap;

use hcl::eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType};
use hcl::{Attribute, Block, Body, Expression, Map, Value};

use super::files;

/// A folder with .tf files.
pub(crate) struct Module {
    path: String,
    bodies: Vec<Body>,
}

impl Module {
    /// Reads a module below infra/aws.
    pub(crate) fn read(name: &str) -> Self {
        let path = format!("infra/aws/{name}");
        let files = files::below(&files::root().join(&path), ".tf");
        let parse = |file: &std::path::PathBuf| {
            let text = std::fs::read_to_string(file).unwrap();
            hcl::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        Self {
            bodies: files.iter().map(parse).collect(),
            path,
        }
    }

    /// Every module, with its name below infra/aws.
    pub(crate) fn all() -> Vec<(String, Self)> {
        let root = files::root().join("infra/aws");
        let mut names: Vec<String> = files::below(&root, "main.tf")
            .iter()
            .map(|file| {
                file.parent()
                    .unwrap()
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.dedup();
        names
            .into_iter()
            .map(|name| (name.clone(), Self::read(&name)))
            .collect()
    }

    /// Top-level blocks of a kind.
    pub(crate) fn blocks<'a>(&'a self, kind: &str) -> impl Iterator<Item = &'a Block> + use<'a> {
        let kind = kind.to_owned();
        self.bodies
            .iter()
            .flat_map(Body::blocks)
            .filter(move |block| block.identifier() == kind)
    }

    /// The block with these labels.
    pub(crate) fn block(&self, kind: &str, labels: &[&str]) -> &Block {
        self.blocks(kind)
            .find(|block| {
                block
                    .labels()
                    .iter()
                    .map(hcl::BlockLabel::as_str)
                    .eq(labels.iter().copied())
            })
            .unwrap_or_else(|| panic!("{} has no {kind} {labels:?}", self.path))
    }

    /// The expression of a local value.
    pub(crate) fn local(&self, name: &str) -> &Expression {
        self.blocks("locals")
            .find_map(|block| attribute(block, name))
            .unwrap_or_else(|| panic!("{} has no local.{name}", self.path))
    }

    /// Defaults of the variables that have one, and the names of those that have none.
    pub(crate) fn variables(&self) -> (BTreeMap<String, Value>, Vec<String>) {
        let mut defaults = BTreeMap::new();
        let mut required = Vec::new();
        for block in self.blocks("variable") {
            let name = block.labels()[0].as_str().to_owned();
            match attribute(block, "default") {
                Some(value) => {
                    defaults.insert(name, value.evaluate(&Context::new()).unwrap());
                }
                None => required.push(name),
            }
        }
        (defaults, required)
    }
}

/// An attribute of a block, if it has it.
pub(crate) fn attribute<'a>(block: &'a Block, name: &str) -> Option<&'a Expression> {
    block
        .body()
        .attributes()
        .find(|attribute| attribute.key() == name)
        .map(Attribute::expr)
}

/// A text attribute of a block that must have it as a literal.
pub(crate) fn text(block: &Block, name: &str) -> String {
    match attribute(block, name) {
        Some(Expression::String(text)) => text.clone(),
        other => panic!("{name} is {other:?}, not a text"),
    }
}

/// Blocks inside a block.
pub(crate) fn nested<'a>(
    block: &'a Block,
    kind: &str,
) -> impl Iterator<Item = &'a Block> + use<'a> {
    let kind = kind.to_owned();
    block
        .body()
        .blocks()
        .filter(move |inner| inner.identifier() == kind)
}

/// Keys and values of an object expression.
pub(crate) fn entries(object: &Expression) -> Vec<(String, &Expression)> {
    let Expression::Object(object) = object else {
        panic!("{object} is not an object")
    };
    let key = |key: &hcl::ObjectKey| match key {
        hcl::ObjectKey::Identifier(name) => name.to_string(),
        hcl::ObjectKey::Expression(Expression::String(text)) => text.clone(),
        other => panic!("{other} is not a key"),
    };
    object
        .iter()
        .map(|(name, value)| (key(name), value))
        .collect()
}

/// Elements of a list expression.
pub(crate) fn elements(list: &Expression) -> &[Expression] {
    let Expression::Array(elements) = list else {
        panic!("{list} is not a list")
    };
    elements
}

/// The environment that the functions get with these settings, written as in a .tfvars file; every variable
/// without a default needs one. It is evaluated from the files of the api component.
pub(crate) fn function_environment(settings: &str) -> BTreeMap<String, String> {
    let module = Module::read("api");
    let (mut variables, required) = module.variables();
    let settings = hcl::parse(settings).unwrap();
    variables.extend(settings.attributes().map(|setting| {
        let value = setting.expr().evaluate(&Context::new()).unwrap();
        (setting.key().to_owned(), value)
    }));
    for name in &required {
        assert!(
            variables.contains_key(name),
            "variable {name} has no default: give it a value"
        );
    }
    let mut context = Context::new();
    context.declare_func(
        "tostring",
        FuncDef::builder().param(ParamType::Any).build(to_string),
    );
    let join = FuncDef::builder().param(ParamType::String);
    let join = join.param(ParamType::Array(Box::new(ParamType::String)));
    context.declare_func("join", join.build(join_texts));
    context.declare_var("var", variables.into_iter().collect::<Map<String, Value>>());
    let mut locals = Map::new();
    for name in ["prefix", "tables"] {
        context.declare_var("local", locals.clone());
        let value = module.local(name).evaluate(&context).unwrap();
        locals.insert(name.to_owned(), value);
    }
    context.declare_var("local", locals);
    entries(module.local("environment_variables"))
        .into_iter()
        .map(|(name, value)| {
            (
                name,
                value
                    .evaluate(&context)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned(),
            )
        })
        .collect()
}

/// Terraform's `join`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that hcl asks for"
)]
fn join_texts(args: FuncArgs) -> Result<Value, String> {
    let (Value::String(between), Value::Array(texts)) = (&args[0], &args[1]) else {
        return Err("join takes a text and a list".to_owned());
    };
    let texts: Vec<_> = texts.iter().filter_map(Value::as_str).collect();
    Ok(Value::from(texts.join(between)))
}

/// Terraform's `tostring` for the numbers and texts that are used here.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that hcl asks for"
)]
fn to_string(args: FuncArgs) -> Result<Value, String> {
    match &args[0] {
        Value::String(text) => Ok(Value::from(text.clone())),
        Value::Number(number) => Ok(Value::from(number.to_string())),
        other => Err(format!("{other} is neither a number nor a text")),
    }
}
