//! Whose signals are shown: a value that `main` hands over, so that the console, `/metrics`
//! and `emf-check` are those of whatever service it describes.

use std::sync::Arc;

use dashboards::model::Library;
use telemetry::{ApplicationNamespace, Dimension as _, InvalidNamespace};

/// A service that is observed. A clone is the same.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its dashboards, its alarms and its catalogue.
    pub library: Arc<Library>,
    /// What its events call what people ask of requests.
    pub fields: Fields,
}

/// What an event's members are called that say what is asked of a request, beside the
/// [standard](telemetry::property::STANDARD) ones.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// How long it took, in milliseconds: every request that has ended says so.
    pub duration: &'static str,
    /// What answered it.
    pub route: &'static str,
    /// Calls of DynamoDB that were repeated for it.
    pub retries: &'static str,
    /// Calls of DynamoDB that were throttled.
    pub throttles: &'static str,
    /// Who asked for it.
    pub user: &'static str,
    /// The id of the run that it is about.
    pub run: &'static str,
    /// A sensor of that run.
    pub sensor: &'static str,
    /// The list of readings of several.
    pub readings: &'static str,
}

impl Subject {
    /// Sentori, whose server this is.
    #[must_use]
    pub fn sentori() -> Self {
        Self {
            library: Arc::new(library::library()),
            fields: Fields {
                duration: catalogue::REQUEST_DURATION.definition().name,
                route: catalogue::Route::DEFINITION.name,
                retries: catalogue::DYNAMODB_RETRY.definition().name,
                throttles: catalogue::DYNAMODB_THROTTLE.definition().name,
                user: catalogue::USER.name(),
                run: catalogue::RUN_ID.name(),
                sensor: catalogue::SENSOR_ID.name(),
                readings: catalogue::READINGS.name(),
            },
        }
    }

    /// The namespace of its metrics in an environment.
    pub(crate) fn namespace(
        &self,
        environment: &str,
    ) -> Result<ApplicationNamespace, InvalidNamespace> {
        let application = self.library.deployment.namespace;
        ApplicationNamespace::new(format!("{application}/{environment}"))
    }
}
