//! The X-Ray daemon's socket.

use std::io::{ErrorKind, Result};
use std::net::{SocketAddr, UdpSocket};

use serde_json::Value;

/// Receives segment documents as the X-Ray daemon does. A datagram that was sent before a call
/// to the Runtime API is in the socket's buffer when that call arrives.
pub(super) struct Daemon {
    socket: UdpSocket,
}

impl Daemon {
    pub(super) fn start() -> Result<Self> {
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket })
    }

    pub(super) fn addr(&self) -> Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The segment documents received since the last call.
    pub(super) fn drain(&self) -> Result<Vec<Value>> {
        let mut segments = Vec::new();
        let mut datagram = vec![0; 65_536];
        loop {
            match self.socket.recv(&mut datagram) {
                Ok(length) => segments.push(parse(&datagram[..length])?),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(segments),
                Err(error) => return Err(error),
            }
        }
    }
}

/// A datagram is a header line, `{"format":"json","version":1}`, and a document.
fn parse(datagram: &[u8]) -> Result<Value> {
    let invalid = |what: &str| {
        let text = String::from_utf8_lossy(datagram);
        std::io::Error::new(ErrorKind::InvalidData, format!("{what}: {text}"))
    };
    let mut parts = datagram.splitn(2, |&byte| byte == b'\n');
    let header: Value = parts
        .next()
        .and_then(|line| serde_json::from_slice(line).ok())
        .ok_or_else(|| invalid("no header line"))?;
    if header["format"] != "json" || header["version"] != 1 {
        return Err(invalid("unknown header"));
    }
    let document = parts.next().ok_or_else(|| invalid("no document"))?;
    serde_json::from_slice(document).map_err(|error| invalid(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_received_without_its_header() {
        let daemon = Daemon::start().unwrap();
        let sender = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        let datagram = b"{\"format\": \"json\", \"version\": 1}\n{\"id\":\"1\"}";
        sender.send_to(datagram, daemon.addr().unwrap()).unwrap();
        assert_eq!(daemon.drain().unwrap(), [serde_json::json!({"id": "1"})]);
        assert!(daemon.drain().unwrap().is_empty());
    }

    #[test]
    fn a_datagram_that_the_daemon_would_drop_is_an_error() {
        for datagram in [
            "",
            "{}\n{}",
            "{\"format\":\"json\",\"version\":1}",
            "{\"format\":\"json\",\"version\":1}\n{",
        ] {
            assert!(parse(datagram.as_bytes()).is_err(), "{datagram}");
        }
    }
}
