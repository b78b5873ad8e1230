//! What is wrong with a request: everything at once, so that a client mends it at once.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is wrong with a request, and how to put it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The field, header or query parameter, such as `duration` or `[3].temperature`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Everything that is wrong with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// One problem with one field.
    pub fn with(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, message);
        problems
    }

    pub(super) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem {
            field: field.into(),
            message: message.into(),
        });
    }

    /// The value of `result`, or nothing and what is wrong with it.
    pub(super) fn take<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        result.map_err(|problems| self.0.extend(problems.0)).ok()
    }

    /// `value`, if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

/// Both values, or what is wrong with either.
pub(crate) fn both<A, B>(
    a: Result<A, Problems>,
    b: Result<B, Problems>,
) -> Result<(A, B), Problems> {
    let mut problems = Problems::default();
    let values = problems.take(a).zip(problems.take(b));
    problems.finish(values)
}
