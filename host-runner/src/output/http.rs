//! Lines over HTTP: one request at a time, so that their order is kept.
//!
//! Takes parcels; acknowledges what the other side has answered with 2xx. What fails is sent again for as long as it
//! takes. What is refused is halved until the one line shows that is at fault; it goes to the dead letters and its
//! neighbours are delivered; where these are full, it is sent again until there is room. Most refusals say nothing of
//! the lines (who are you, there is nothing here): these are sent again, too, for otherwise a wrong token would turn
//! all records into dead letters.

use std::io::Write;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::dead_letters::DeadLetters;
use super::surroundings::Surroundings;
use crate::config::typed::HttpOutput;
use crate::service::aside;
use crate::service::backoff::Backoff;
use crate::service::collector::Parcel;
use crate::service::secret::Secret;
use crate::service::tls;

/// What is read of an answer. It is shown beside a refused record, and a connection can be used again behind it.
const ANSWER: usize = 64 << 10;

/// How long is waited for the rest of an answer whose head has come.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// So many records refused alone, and none taken between them, are not the fault of records.
const REFUSED_IN_A_ROW: usize = 100;

/// Where to, and by what right. Made before anything is connected.
#[derive(Clone)]
pub(crate) struct Target {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    uri: Uri,
    host_header: HeaderValue,
    authorization: Option<HeaderValue>,
    gzip: bool,
    batch_size: usize,
    timeout: Duration,
}

impl Target {
    pub(crate) fn prepare(output: &HttpOutput) -> Result<Self> {
        let url: Uri = output.url.parse().map_err(|error| anyhow!("`{}` is no URL: {error}", output.url))?;
        let Some(authority) = url.authority().filter(|authority| !authority.as_str().contains('@')) else {
            bail!("`{}` must name a host, and no user; a token goes into token_file", output.url);
        };
        let is_tls = url.scheme_str() == Some("https");
        let port = match authority.as_str().strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':')) {
            None | Some("") if is_tls => 443,
            None | Some("") => 80,
            // The library takes what is no port for none.
            Some(port) => match port.parse::<u16>() {
                Ok(port) if port > 0 => port,
                _ => bail!("the port in `{}` must be from 1 to 65535", output.url),
            },
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = match is_tls {
            true => Some((tls::connector(output.ca_file.as_deref())?, ServerName::try_from(host.clone())?)),
            false => None,
        };
        let authorization = output.token_file.as_deref().map(Secret::read).transpose()?;
        let authorization = authorization.map(|token| {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.text()))?;
            value.set_sensitive(true);
            anyhow::Ok(value)
        });
        Ok(Self {
            host,
            port,
            tls,
            uri: url.path_and_query().map_or("/", |path| path.as_str()).parse()?,
            host_header: HeaderValue::try_from(authority.as_str())?,
            authorization: authorization.transpose()?,
            gzip: output.gzip,
            batch_size: output.batch_size.0.max(1),
            timeout: output.timeout.0,
        })
    }

    fn request(&self, lines: &[u8]) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(Method::POST).uri(self.uri.clone());
        request = request.header(HOST, self.host_header.clone()).header(CONTENT_TYPE, "application/x-ndjson");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let mut body = lines.to_vec();
        if self.gzip {
            request = request.header(CONTENT_ENCODING, "gzip");
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(lines)?;
            body = packed.finish()?;
        }
        Ok(request.body(Full::new(Bytes::from(body)))?)
    }

    async fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.addresses().await?.as_slice()).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => open(stream).await,
            Some((connector, name)) => open(connector.connect(name.clone(), stream).await?).await,
        }
    }

    /// Where the host is. Names are looked up in a thread of their own, whatever the others wait for.
    async fn addresses(&self) -> Result<Vec<SocketAddr>> {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, self.port)]);
        }
        let (host, port) = (self.host.clone(), self.port);
        let found = aside("lookup", move || (host.as_str(), port).to_socket_addrs().map(Iterator::collect)).await;
        Ok(found.context("the system gives no thread to look up a name")??)
    }
}

type Connection = SendRequest<Full<Bytes>>;

async fn open(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<Connection> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Its end shows when the next request is sent.
    tokio::spawn(connection);
    Ok(sender)
}

/// What the other side says.
enum Answer {
    Taken,
    /// Not these lines, with what it said.
    Refused(StatusCode, String),
    /// Not now, and how long it asks to wait.
    Later(String, Option<Duration>),
}

/// Delivers parcels.
pub(crate) struct Deliverer {
    pub(crate) target: Target,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) around: Arc<Surroundings>,
    connection: Option<Connection>,
    /// How many records were refused alone since something was taken.
    refused: usize,
}

impl Deliverer {
    pub(crate) fn new(target: Target, dead_letters: DeadLetters, around: Arc<Surroundings>) -> Self {
        Self { target, dead_letters, around, connection: None, refused: 0 }
    }

    /// Until nothing more comes.
    pub(crate) async fn run(mut self, mut parcels: UnboundedReceiver<Parcel>) {
        while let Some(first) = parcels.recv().await {
            let mut text = first.text;
            let mut waiting = vec![(first.share, first.held)];
            while text.len() < self.target.batch_size {
                let Ok(parcel) = parcels.try_recv() else { break };
                text.extend_from_slice(&parcel.text);
                waiting.push((parcel.share, parcel.held));
            }
            for lines in pieces(&text, self.target.batch_size) {
                self.deliver(lines).await;
            }
            waiting.into_iter().for_each(|(share, _)| share.delivered());
        }
    }

    /// Sends these lines until each of them is somewhere.
    async fn deliver(&mut self, lines: &[u8]) {
        // The last one is sent next.
        let mut parts: Vec<Range<usize>> = Vec::new();
        parts.push(0..lines.len());
        let mut unkept = Backoff::new();
        while let Some(part) = parts.pop() {
            let text = lines.get(part.clone()).unwrap_or_default();
            let (status, answer) = match self.send(text).await {
                None => continue,
                Some(refusal) => refusal,
            };
            match halves(text) {
                Some(middle) => {
                    let middle = part.start + middle;
                    parts.extend([Range { start: middle, end: part.end }, Range { start: part.start, end: middle }]);
                }
                None => match self.dead_letters.keep(&self.around.name, text, status.as_u16(), &answer) {
                    Ok(()) => {
                        self.around.metrics.kept_aside(&self.around.name);
                        self.refused += 1;
                        if self.refused < REFUSED_IN_A_ROW {
                            self.around.recovered();
                        } else {
                            self.around.refuses_all(&format!("every record is refused, the last one with {status}"));
                        }
                        unkept = Backoff::new();
                    }
                    // It is sent again, for the other side may have changed its mind before there is room.
                    Err(error) => {
                        self.around.trouble(&format!("{error:#}"));
                        tokio::time::sleep(unkept.wait()).await;
                        parts.push(part);
                    }
                },
            }
        }
    }

    /// Sends until it is taken, or refused.
    async fn send(&mut self, lines: &[u8]) -> Option<(StatusCode, String)> {
        let mut backoff = Backoff::new();
        loop {
            let was_open = self.connection.is_some();
            let attempt = tokio::time::timeout(self.target.timeout, self.attempt(lines)).await;
            let (why, asked) = match attempt {
                Ok(Ok((connection, response))) => match self.answer(connection, response).await {
                    Answer::Taken => {
                        self.refused = 0;
                        self.around.delivered(lines.len());
                        return None;
                    }
                    Answer::Refused(status, answer) => return Some((status, answer)),
                    Answer::Later(why, asked) => (why, asked),
                },
                // The other side may have closed a connection that was not used for a while.
                Ok(Err(_)) if was_open => {
                    self.connection = None;
                    continue;
                }
                Ok(Err(error)) => (format!("{error:#}"), None),
                Err(_) => (format!("no answer within {} ms", self.target.timeout.as_millis()), None),
            };
            self.connection = None;
            self.around.trouble(&why);
            tokio::time::sleep(backoff.wait_at_least(asked)).await;
        }
    }

    /// Sends once, up to the head of the answer.
    async fn attempt(&mut self, lines: &[u8]) -> Result<(Connection, Response<Incoming>)> {
        let request = self.target.request(lines)?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.target.connect().await?,
        };
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        Ok((connection, response))
    }

    /// What an answer says, which its head decides. A body that is too long, breaks off or does not end costs the
    /// connection, which is of no more use behind it.
    async fn answer(&mut self, connection: Connection, response: Response<Incoming>) -> Answer {
        let status = response.status();
        let asked = response.headers().get(RETRY_AFTER).and_then(|header| asked_wait(header, SystemTime::now()));
        let body = Limited::new(response.into_body(), ANSWER).collect();
        let mut answer = String::new();
        if let Ok(Ok(body)) = tokio::time::timeout(ANSWER_WITHIN, body).await {
            answer = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            self.connection = Some(connection);
        }
        match status {
            _ if status.is_success() => Answer::Taken,
            _ if is_about_lines(status) => Answer::Refused(status, answer),
            _ => match asked {
                Some(wait) => Answer::Later(format!("answered {status}, asks to wait {} s", wait.as_secs()), asked),
                None => Answer::Later(format!("answered {status}"), None),
            },
        }
    }
}

/// How long the other side asks to wait: so many seconds, or until a date.
fn asked_wait(header: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = header.to_str().ok()?.trim();
    let until = |date| httpdate::parse_http_date(date).ok()?.duration_since(now).ok();
    text.parse().map(Duration::from_secs).ok().or_else(|| until(text))
}

/// Whether a refusal is about what was sent, rather than about who sends it, where to, how, or when.
fn is_about_lines(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 409 | 413 | 422)
}

/// The lines in pieces of about this size.
fn pieces(text: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.get(size.saturating_sub(1)..).and_then(|behind| memchr::memchr(b'\n', behind)) {
            // The line that crosses the bound goes into the next piece, unless it is all there is.
            Some(behind) => match rest.get(..size).and_then(|before| memchr::memrchr(b'\n', before)) {
                Some(before) => before + 1,
                None => size.saturating_sub(1) + behind + 1,
            },
            None => rest.len(),
        };
        let (piece, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(piece)
    })
}

/// Where the second half of several lines begins; `None` for a single one.
fn halves(lines: &[u8]) -> Option<usize> {
    let inner = lines.get(..lines.len().saturating_sub(1)).unwrap_or_default();
    let middle = inner.len() / 2;
    let (before, behind) = inner.split_at_checked(middle)?;
    let next = memchr::memchr(b'\n', behind).map(|at| middle + at + 1);
    next.or_else(|| memchr::memrchr(b'\n', before).map(|at| at + 1))
}

#[cfg(test)]
mod tests {
    use super::{asked_wait, halves, is_about_lines, pieces};
    use hyper::StatusCode;
    use hyper::header::HeaderValue;
    use std::time::{Duration, UNIX_EPOCH};

    fn split(text: &str, size: usize) -> Vec<&str> {
        pieces(text.as_bytes(), size).map(|piece| str::from_utf8(piece).unwrap_or_default()).collect()
    }

    #[test]
    fn pieces_are_whole_lines_of_about_the_size() {
        assert_eq!(split("aa\nbb\ncc\n", 6), ["aa\nbb\n", "cc\n"]);
        assert_eq!(split("aa\nbb\ncc\n", 5), ["aa\n", "bb\n", "cc\n"]);
        assert_eq!(split("aa\nbb\ncc\n", 1), ["aa\n", "bb\n", "cc\n"]);
        assert_eq!(split("aaaaaaaa\nb\n", 4), ["aaaaaaaa\n", "b\n"]);
        assert_eq!(split("aa\nbb\n", 100), ["aa\nbb\n"]);
        assert_eq!(split("", 4), [""; 0]);
    }

    #[test]
    fn few_refusals_are_about_lines() {
        let statuses = (100..600).filter_map(|number| StatusCode::from_u16(number).ok());
        let about_lines: Vec<u16> = statuses.filter(|status| is_about_lines(*status)).map(|it| it.as_u16()).collect();
        assert_eq!(about_lines, [400, 409, 413, 422]);
    }

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_until_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let asked = |text| asked_wait(&HeaderValue::from_static(text), now).map(|wait| wait.as_secs());
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked(" 0 "), Some(0));
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        for nothing in ["", "soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:36 GMT"] {
            assert_eq!(asked(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn lines_are_halved_until_one_is_left() {
        assert_eq!(halves(b"aa\nbb\n"), Some(3));
        assert_eq!(halves(b"aaaaaaaaaaa\nb\n"), Some(12));
        assert_eq!(halves(b"a\nbbbbbbbbbbbb\n"), Some(2));
        assert_eq!(halves(b"aa\n"), None);
        assert_eq!(halves(b"\n\n"), Some(1));
        assert_eq!(halves(b""), None);
    }
}
