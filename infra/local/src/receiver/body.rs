//! The body of an export: protobuf or JSON, plain or gzip, and not too much of it.

use std::io::Read as _;

use axum::body::Body;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use prost::Message;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Most bytes of an export, as they arrive and once they are unpacked.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// How an export is written, which is how its answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

impl Encoding {
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// Why nothing of an export was taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum BodyError {
    #[error("content-type is {0:?}: send application/x-protobuf or application/json")]
    MediaType(String),
    #[error("content-encoding is {0:?}: send gzip or none")]
    Packed(String),
    #[error("more than {} MB: send less at a time", MAX_BYTES / 1_024 / 1_024)]
    TooLarge,
    #[error("not an export of this signal: {0}")]
    Malformed(String),
}

/// A header in lower case: media types and content codings mean the same in any.
fn text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}

/// How the body is written.
///
/// # Errors
/// If neither is said: a page of a stranger can send text, but no JSON without asking.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Encoding, BodyError> {
    let given = text(headers, &header::CONTENT_TYPE);
    match given.split(';').next().unwrap_or_default().trim() {
        "application/x-protobuf" => Ok(Encoding::Protobuf),
        "application/json" => Ok(Encoding::Json),
        _ => Err(BodyError::MediaType(given)),
    }
}

/// The whole body, as what it says.
///
/// # Errors
/// If it is too large, cut off, packed in another way, or not what it says.
pub(super) async fn read<E: Message + Default + DeserializeOwned>(
    encoding: Encoding,
    request: Request<Body>,
) -> Result<E, BodyError> {
    let packed = text(request.headers(), &header::CONTENT_ENCODING);
    let body = Limited::new(request.into_body(), MAX_BYTES).collect().await;
    let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => BodyError::TooLarge,
        None => BodyError::Malformed(error.to_string()),
    })?;
    let bytes = body.to_bytes();
    match packed.as_str() {
        "" | "identity" => parse(encoding, &bytes),
        "gzip" => parse(encoding, &unpacked(&bytes)?),
        _ => Err(BodyError::Packed(packed)),
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, BodyError> {
    let mut unpacked = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let mut reader = MultiGzDecoder::new(bytes).take(most);
    let read = reader.read_to_end(&mut unpacked);
    read.map_err(|error| BodyError::Malformed(format!("gzip: {error}")))?;
    if unpacked.len() > MAX_BYTES {
        return Err(BodyError::TooLarge);
    }
    Ok(unpacked)
}

fn parse<E: Message + Default + DeserializeOwned>(
    encoding: Encoding,
    bytes: &[u8],
) -> Result<E, BodyError> {
    match encoding {
        Encoding::Protobuf => {
            E::decode(bytes).map_err(|error| BodyError::Malformed(error.to_string()))
        }
        Encoding::Json => {
            serde_json::from_slice(bytes).map_err(|error| BodyError::Malformed(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

    use super::*;

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        for _ in 0..64 {
            packed.write_all(&vec![0; 1024 * 1024]).unwrap();
        }
        let packed = packed.finish().unwrap();
        assert!(packed.len() < MAX_BYTES / 16);
        assert_eq!(unpacked(&packed), Err(BodyError::TooLarge));
        let why = BodyError::TooLarge.to_string();
        assert_eq!(why, "more than 16 MB: send less at a time");
        assert!(matches!(
            unpacked(&packed[..100]),
            Err(BodyError::Malformed(_))
        ));
    }

    #[tokio::test]
    async fn a_content_coding_means_the_same_in_any_case() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"{}").unwrap();
        let request = Request::post("/").header(header::CONTENT_ENCODING, "GZIP");
        let request = request.body(packed.finish().unwrap().into()).unwrap();
        let export = read(Encoding::Json, request).await;
        assert_eq!(export, Ok(ExportTraceServiceRequest::default()));
    }

    #[test]
    fn a_form_of_a_stranger_s_page_is_no_export() {
        let mut headers = HeaderMap::new();
        for kind in ["", "text/plain", "application/x-www-form-urlencoded"] {
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(
                encoding(&headers),
                Err(BodyError::MediaType(kind.to_owned()))
            );
        }
        for (kind, expected) in [
            ("application/json; charset=utf-8", Encoding::Json),
            ("Application/X-Protobuf", Encoding::Protobuf),
        ] {
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(encoding(&headers), Ok(expected));
        }
    }
}
