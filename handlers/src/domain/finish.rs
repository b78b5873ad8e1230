//! The body of a finish.

use serde_json::Value;

use super::{Status, limits, object::Object, problem::Problems};

/// How a run is to be ended by its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishRequest {
    /// [`Status::Completed`] or [`Status::Failed`].
    pub status: Status,
    /// Why it failed.
    pub error_message: Option<String>,
}

impl FinishRequest {
    /// Reads a body: `{"status","message"}`, `{"errorMessage"}` or nothing.
    ///
    /// SUCCESS, COMPLETED or no status completes the run; FAILED, or an error message without a
    /// status, fails it. A `message` is kept as the reason of a failure only.
    ///
    /// # Errors
    /// [`Problems`], every field that is wrong.
    pub fn from_body(body: Option<&Value>) -> Result<Self, Problems> {
        let Some(body) = body.filter(|body| !body.is_null()) else {
            return Ok(Self {
                status: Status::Completed,
                error_message: None,
            });
        };
        let mut problems = Problems::default();
        let request = read(body, &mut problems);
        problems.finish(request)
    }
}

fn read(body: &Value, problems: &mut Problems) -> Option<FinishRequest> {
    let body = Object::new(body, "", problems)?;
    let not_blank = |text: &&str| !text.trim().is_empty();
    let error_message = body
        .string("errorMessage", limits::ERROR_MESSAGE_LENGTH, problems)
        .filter(not_blank);
    let message = body
        .string("message", limits::ERROR_MESSAGE_LENGTH, problems)
        .filter(not_blank);
    let status = match body.get("status").map(Value::as_str) {
        None if error_message.is_some() => Status::Failed,
        None | Some(Some("SUCCESS" | "COMPLETED")) => Status::Completed,
        Some(Some("FAILED")) => Status::Failed,
        Some(_) => {
            problems.add("status", "must be SUCCESS, COMPLETED or FAILED");
            return None;
        }
    };
    let reason = if status == Status::Failed {
        error_message.or(message)
    } else {
        error_message
    };
    Some(FinishRequest {
        status,
        error_message: reason.map(ToOwned::to_owned),
    })
}

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "json! literals read best as arguments"
)]
mod tests {
    use super::*;
    use serde_json::json;

    fn finish(body: Value) -> (Status, Option<String>) {
        let request = FinishRequest::from_body(Some(&body)).unwrap();
        (request.status, request.error_message)
    }

    #[test]
    fn takes_every_clients_shape() {
        assert_eq!(
            finish(json!({"status": "SUCCESS", "message": "done"})),
            (Status::Completed, None)
        );
        assert_eq!(
            finish(json!({"status": "COMPLETED"})),
            (Status::Completed, None)
        );
        assert_eq!(
            finish(json!({"status": "FAILED", "message": "lost"})),
            (Status::Failed, Some("lost".into()))
        );
        assert_eq!(
            finish(json!({"errorMessage": "lost"})),
            (Status::Failed, Some("lost".into()))
        );
        assert_eq!(
            finish(json!({"errorMessage": null})),
            (Status::Completed, None)
        );
        assert_eq!(
            finish(json!({"status": "FAILED", "message": "lost", "errorMessage": "found"})),
            (Status::Failed, Some("found".into()))
        );
        assert_eq!(
            finish(json!({"status": "FAILED", "message": " ", "errorMessage": "\n"})),
            (Status::Failed, None)
        );
        assert_eq!(
            finish(json!({"errorMessage": " "})),
            (Status::Completed, None)
        );
        let longest = "x".repeat(1_000);
        assert_eq!(
            finish(json!({"errorMessage": longest})),
            (Status::Failed, Some(longest))
        );
        assert_eq!(finish(json!({})), (Status::Completed, None));
        assert_eq!(finish(json!(null)), (Status::Completed, None));
        assert_eq!(
            FinishRequest::from_body(None).unwrap().status,
            Status::Completed
        );
    }

    #[test]
    fn names_every_bad_field() {
        let body =
            json!({"status": "INTERRUPTED", "message": 5, "errorMessage": "x".repeat(1_001)});
        let Err(Problems(problems)) = FinishRequest::from_body(Some(&body)) else {
            panic!()
        };
        let fields: Vec<_> = problems
            .iter()
            .map(|problem| problem.field.as_str())
            .collect();
        assert_eq!(fields, ["errorMessage", "message", "status"]);
        assert!(FinishRequest::from_body(Some(&json!("done"))).is_err());
        assert!(FinishRequest::from_body(Some(&json!({"status": 1}))).is_err());
    }
}
