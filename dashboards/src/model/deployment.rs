//! Where a library of dashboards is deployed: the names that depend on the environment.

use telemetry::Dimension;

/// Names that are the same in every environment but for the environment's own name.
///
/// Rendered files hold no environment: dashboards and Terraform have a variable for it.
#[derive(Clone, Copy, Debug)]
pub struct Deployment {
    /// The namespace of the application's metrics is `<namespace>/<environment>`.
    pub namespace: &'static str,
    /// Alarms are named `<prefix>-<environment>-<id>`.
    pub prefix: &'static str,
    /// The environments there are; the first one is preselected.
    pub environments: &'static [&'static str],
    /// AWS resources whose names depend on the environment.
    pub resources: &'static [Resource],
}

impl Deployment {
    /// The resources that a dimension names, if their names depend on the environment.
    pub fn resource(&self, dimension: &str) -> Option<&'static Resource> {
        self.resources
            .iter()
            .find(|resource| resource.dimension == dimension)
    }
}

/// A kind of AWS resource whose names depend on the environment.
///
/// Its dimension (see [`aws`](crate::aws)) has short names as values; what AWS calls the
/// resource is known when it is deployed.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// The CloudWatch dimension that names it, such as `FunctionName`.
    pub dimension: &'static str,
    /// The Terraform variable with a map from short names to deployed names.
    pub variable: &'static str,
    /// What is known of the deployed name.
    pub naming: Naming,
}

/// An id that AWS makes, and how a dashboard finds that of the chosen environment: by the tags
/// of the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignedId {
    /// The dashboards' variable that holds it.
    pub variable: &'static str,
    /// The service, as the Resource Groups Tagging API calls it.
    pub service: &'static str,
    /// The tags that the resource has; a value may hold `$environment`.
    pub tags: &'static [(&'static str, &'static str)],
    /// A regular expression that matches the resource's ARN and captures the id.
    pub regex: &'static str,
}

/// What is known beforehand of a deployed resource's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Naming {
    /// A pattern with `{environment}` and `{name}`.
    Pattern(&'static str),
    /// Nothing: AWS makes an id. Dashboards have a variable for it.
    Assigned(AssignedId),
    /// Nothing, and no dashboard shows it: whoever deploys it says it.
    Deployed,
}

impl Naming {
    /// The deployed name; an assigned one is `assigned`.
    pub fn resolve(self, environment: &str, name: &str, assigned: &str) -> String {
        match self {
            Self::Pattern(pattern) => pattern
                .replace("{environment}", environment)
                .replace("{name}", name),
            Self::Assigned(_) | Self::Deployed => assigned.to_owned(),
        }
    }
}

/// One resource by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceName {
    /// The dimension whose value it is.
    pub dimension: &'static str,
    /// The short name.
    pub name: &'static str,
}

impl<D: Dimension> From<D> for ResourceName {
    fn from(value: D) -> Self {
        Self {
            dimension: D::DEFINITION.name,
            name: value.value(),
        }
    }
}
