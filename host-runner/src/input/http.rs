//! Records over HTTP: one request is one delivery, acknowledged when every output has it.
//!
//! Takes connections; gives pages to the intake and answers to clients: 200 when all was delivered, 408 when the client
//! fell silent, 503 with `Retry-After` for everything else, whatever the cause, because shippers throw away what is
//! answered with any other 4xx. Nothing but sockets is done here: bodies are unpacked and framed in threads.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::body::{Encoding, Pieces, unpacked};
use super::cutter;
use super::delivery::{self, Broken};
use super::never_4xx::Never4xx;
use super::zstd::WINDOW;
use crate::config::typed::HttpInput;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::service::intake::Intake;
use crate::service::secret::Secret;
use crate::service::share::Share;
use crate::service::stop::Stop;
use crate::service::tls;

/// Headers of Amazon Data Firehose: the name of a delivery, and the secret that was agreed upon.
const FIREHOSE_ID: &str = "x-amz-firehose-request-id";
const FIREHOSE_KEY: &str = "x-amz-firehose-access-key";

/// What stands before a token; case does not matter.
const BEARER: &[u8] = b"Bearer ";

/// How much a request gathers at most before it asks for room. One at a time may gather a whole body beside that.
pub(crate) fn gathered(max_record: usize) -> usize {
    cutter::gathered(max_record).saturating_add(WINDOW)
}

/// How many pieces of a body may wait for the thread that reads them.
const PIECES: usize = 4;

/// The longest head of a request.
const HEAD: usize = 64 << 10;

/// Longer than anything waits.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How often is looked, once the service is to end, whether a client still waits for an answer.
const LEAVE: Duration = Duration::from_secs(1);

/// After how many seconds a client may try again.
const RETRY: HeaderValue = HeaderValue::from_static("1");

/// What lets a client in. Made before anything listens.
#[derive(Clone)]
pub(crate) struct Gate {
    token: Option<Secret>,
    firehose_key: Option<Secret>,
    tls: Option<TlsAcceptor>,
}

impl Gate {
    pub(crate) fn prepare(input: &HttpInput) -> Result<Self> {
        Ok(Self {
            token: input.token_file.as_deref().map(Secret::read).transpose()?,
            firehose_key: input.firehose_key_file.as_deref().map(Secret::read).transpose()?,
            tls: input.tls.as_ref().map(tls::acceptor).transpose()?,
        })
    }

    /// Whether the request carries one of the secrets, if there are any.
    fn admits(&self, request: &Request<Incoming>) -> bool {
        let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
        let bearer = header(AUTHORIZATION.as_str()).and_then(|told| {
            let (scheme, token) = told.split_at_checked(BEARER.len())?;
            scheme.eq_ignore_ascii_case(BEARER).then_some(token)
        });
        let is = |secret: &Option<Secret>, told: Option<&[u8]>| {
            secret.as_ref().zip(told).is_some_and(|(secret, told)| secret.is(told))
        };
        let is_open = self.token.is_none() && self.firehose_key.is_none();
        is_open || is(&self.token, bearer) || is(&self.firehose_key, header(FIREHOSE_KEY))
    }
}

/// One listening input.
pub(crate) struct HttpSource {
    pub(crate) config: HttpInput,
    pub(crate) gate: Gate,
    pub(crate) intake: Intake,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: Arc<Stop>,
}

/// Why a request was not delivered.
#[derive(Clone, Copy, Debug)]
struct Refusal {
    status: StatusCode,
    /// One of a few words, for the counters.
    reason: &'static str,
}

impl Refusal {
    const fn later(reason: &'static str) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, reason }
    }
}

impl HttpSource {
    /// Serves connections until draining begins. `open` has a permit for each connection that may be open at once.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, open: Arc<Semaphore>) {
        loop {
            let Ok(permit) = Arc::clone(&open).acquire_owned().await else { return };
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    // A connection that ended before it was taken, or no more file handles: both pass.
                    log::event(Level::Warn, "accept_failed", &[("input", &self.intake.name), ("why", &error)]);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let source = Arc::clone(&self);
            tokio::spawn(async move {
                source.connection(stream, peer).await;
                drop(permit);
            });
        }
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // It only delays small answers where it cannot be had.
        let _ = stream.set_nodelay(true);
        match self.gate.tls.clone() {
            None => self.talk(stream, peer).await,
            Some(tls) => {
                let accepting = timeout(self.config.read_timeout.0, tls.accept(stream));
                let accepted = self.unless_drained(pin!(accepting)).await;
                match accepted {
                    Some(Ok(Ok(stream))) => self.talk(stream, peer).await,
                    Some(_) => self.note(Refusal::later("tls"), peer),
                    None => {}
                }
            }
        }
    }

    async fn talk(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, peer: SocketAddr) {
        let is_refused = Arc::new(AtomicBool::new(false));
        let (noticed, refused) = (Arc::clone(&self), Arc::clone(&is_refused));
        let refused = move || {
            refused.store(true, Ordering::Release);
            noticed.note(Refusal::later("protocol"), peer);
        };
        let stream = Never4xx::new(stream, Arc::new(refused));
        let is_asked = Arc::new(AtomicBool::new(false));
        let (source, asked) = (Arc::clone(&self), Arc::clone(&is_asked));
        let service = service_fn(move |request| {
            let (source, asked) = (Arc::clone(&source), Arc::clone(&asked));
            async move {
                asked.store(true, Ordering::Release);
                let answer = source.answer(request, peer).await;
                asked.store(false, Ordering::Release);
                Ok::<_, Infallible>(answer)
            }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.config.read_timeout.0).max_buf_size(HEAD);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        // However it ends, the client knows as much as we do.
        if let Some(ended) = self.unless_drained(connection.as_mut()).await {
            // Another protocol (HTTP/2) is not even answered.
            if ended.is_err_and(|error| error.is_parse()) && !is_refused.load(Ordering::Acquire) {
                self.note(Refusal::later("protocol"), peer);
            }
            return;
        }
        connection.as_mut().graceful_shutdown();
        // What was asked is answered; who has not asked by then has nothing here that could be lost.
        while timeout(LEAVE, connection.as_mut()).await.is_err() && is_asked.load(Ordering::Acquire) {}
    }

    /// What this gives; nothing if draining begins before.
    async fn unless_drained<W: Future>(&self, work: Pin<&mut W>) -> Option<W::Output> {
        before(work, pin!(self.stop.drained())).await
    }

    /// Returns when draining began a while ago.
    async fn ending(&self) {
        self.stop.drained().await;
        tokio::time::sleep(LEAVE).await;
    }

    /// A request that was not taken in is never passed over in silence.
    fn note(&self, refusal: Refusal, peer: SocketAddr) {
        self.metrics.refused(&self.intake.name, refusal.reason);
        let values: [(&str, &dyn Display); 3] =
            [("input", &self.intake.name), ("reason", &refusal.reason), ("peer", &peer)];
        log::event(Level::Warn, "request_refused", &values);
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let firehose = request.headers().get(FIREHOSE_ID).map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        let taken = Arc::clone(&self).take_in(request, firehose.is_some()).await;
        if let Err(refusal) = taken {
            self.note(refusal, peer);
        }
        let status = taken.map_or_else(|refusal| refusal.status, |()| StatusCode::OK);
        self.metrics.answered(&self.intake.name, status.as_u16());
        let body = match &firehose {
            None => taken.map_or_else(|refusal| format!("{}\n", refusal.reason), |()| String::new()),
            Some(id) => firehose_answer(id, taken.err().map(|refusal| refusal.reason)),
        };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = status;
        if firehose.is_some() {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, RETRY);
        }
        response
    }

    async fn take_in(self: Arc<Self>, request: Request<Incoming>, is_firehose: bool) -> Result<(), Refusal> {
        let started = Instant::now();
        if !self.gate.admits(&request) {
            return Err(Refusal::later("secret"));
        }
        if request.uri().path() != self.config.path {
            return Err(Refusal::later("path"));
        }
        if !matches!(*request.method(), Method::POST | Method::PUT) {
            return Err(Refusal::later("method"));
        }
        let header = request.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
        let Some(encoding) = Encoding::named(header) else { return Err(Refusal::later("encoding")) };
        if self.stop.is_draining() {
            return Err(Refusal::later("draining"));
        }
        let (pieces, from) = mpsc::channel(PIECES);
        let (tell, told) = oneshot::channel();
        // Who waits may have gone; then there is nobody to tell.
        let share = Share::first(move |all| {
            let _ = tell.send(all);
        });
        let body = unpacked(Pieces::new(from), encoding, self.config.body_limit.0);
        // When the client goes, or is answered, this is dropped, and the thread that reads ends.
        let (intake, _waiting) = self.intake.for_request();
        let reading = tokio::task::spawn_blocking(move || match is_firehose {
            true => delivery::firehose(body, &intake, share),
            false => delivery::plain(body, &intake, share),
        });
        let until = after(started, self.config.answer_within.0);
        self.pass_on(request.into_body(), pieces, until).await?;
        let slow = |_| Refusal::later("output_slow");
        match timeout_at(until, reading).await.map_err(slow)? {
            Ok(Ok(())) => {}
            Ok(Err(Broken::Body(why))) => {
                log::event(Level::Warn, "body_broken", &[("input", &self.intake.name), ("why", &why)]);
                return Err(Refusal::later("body"));
            }
            Ok(Err(Broken::Ending)) => return Err(Refusal::later("draining")),
            Err(_) => return Err(Refusal::later("reader_failed")),
        }
        match timeout_at(until, told).await.map_err(slow)? {
            Ok(true) => {
                self.metrics.acknowledged_within.observe(started.elapsed().as_secs_f64());
                Ok(())
            }
            _ => Err(Refusal::later("not_delivered")),
        }
    }

    /// Hands the body to the thread that reads it.
    async fn pass_on(
        &self,
        mut body: Incoming,
        pieces: mpsc::Sender<Option<Bytes>>,
        until: Instant,
    ) -> Result<(), Refusal> {
        let mut ending = pin!(self.ending());
        loop {
            let silent_until = until.min(after(Instant::now(), self.config.read_timeout.0));
            let frame = timeout_at(silent_until, body.frame());
            // Who still has something to say must not hold up the end.
            let piece = match before(pin!(frame), ending.as_mut()).await.ok_or(Refusal::later("draining"))? {
                Err(_) => return Err(Refusal { status: StatusCode::REQUEST_TIMEOUT, reason: "client_slow" }),
                Ok(None) => None,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => Some(data),
                    // Trailers say nothing of records.
                    Err(_) => continue,
                },
                Ok(Some(Err(_))) => return Err(Refusal::later("client_gone")),
            };
            let is_last = piece.is_none();
            let passed = timeout_at(until, pieces.send(piece)).await.map_err(|_| Refusal::later("output_slow"))?;
            // A reader that has ended says itself why.
            if passed.is_err() || is_last {
                return Ok(());
            }
        }
    }
}

/// What the first gives; nothing if the second ends before.
async fn before<W: Future>(mut work: Pin<&mut W>, mut end: Pin<&mut impl Future<Output = ()>>) -> Option<W::Output> {
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Pending => end.as_mut().poll(cx).map(|()| None),
        ready => ready.map(Some),
    })
    .await
}

/// The moment so much later. What no clock can tell is far away.
fn after(moment: Instant, period: Duration) -> Instant {
    moment + period.min(FAR)
}

/// What Firehose wants to be told, be it good or bad.
fn firehose_answer(id: &str, reason: Option<&str>) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let timestamp = u64::try_from(now).unwrap_or(u64::MAX);
    let mut answer = json!({"requestId": id, "timestamp": timestamp});
    if let (Some(reason), Some(members)) = (reason, answer.as_object_mut()) {
        members.insert("errorMessage".to_owned(), reason.into());
    }
    answer.to_string()
}
