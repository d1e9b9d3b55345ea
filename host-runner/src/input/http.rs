//! Records over HTTP: one request is one delivery, acknowledged when every output has it.
//!
//! Takes connections; gives pages to the intake and answers to clients: 200 when all was delivered, 408 when the client
//! fell silent, 503 with `Retry-After` for everything else, whatever the cause, because shippers throw away what is
//! answered with any other 4xx. Nothing but sockets is done here: bodies are unpacked and framed in threads.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::body::{Encoding, Pieces, unpacked};
use super::delivery::{self, Broken};
use super::never_4xx::Never4xx;
use crate::config::typed::HttpInput;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use crate::service::intake::Intake;
use crate::service::receipt::Share;
use crate::service::secret::Secret;
use crate::service::stop::Stop;
use crate::service::tls;

/// Headers of Amazon Data Firehose: the name of a delivery, and the secret that was agreed upon.
const FIREHOSE_ID: &str = "x-amz-firehose-request-id";
const FIREHOSE_KEY: &str = "x-amz-firehose-access-key";

/// How many pieces of a body may wait for the thread that reads them.
const PIECES: usize = 4;

/// The longest head of a request.
const HEAD: usize = 64 << 10;

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
        let bearer = header(AUTHORIZATION.as_str()).and_then(|told| told.strip_prefix(b"Bearer "));
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
            Some(tls) => match timeout(self.config.read_timeout.0, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.talk(stream, peer).await,
                _ => self.note(Refusal::later("tls"), peer),
            },
        }
    }

    async fn talk(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, peer: SocketAddr) {
        let noticed = Arc::clone(&self);
        let stream = Never4xx::new(stream, Arc::new(move || noticed.note(Refusal::later("protocol"), peer)));
        let source = Arc::clone(&self);
        let service = service_fn(move |request| {
            let source = Arc::clone(&source);
            async move { Ok::<_, Infallible>(source.answer(request, peer).await) }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.config.read_timeout.0).max_buf_size(HEAD);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut drained = pin!(self.stop.drained());
        let mut is_leaving = false;
        poll_fn(|cx| {
            if !is_leaving && drained.as_mut().poll(cx).is_ready() {
                is_leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            // However it ends, the client knows as much as we do.
            connection.as_mut().poll(cx).map(|_| ())
        })
        .await;
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
        let intake = self.intake.clone();
        let reading = tokio::task::spawn_blocking(move || match is_firehose {
            true => delivery::firehose(body, &intake, share),
            false => delivery::plain(body, &intake, share),
        });
        let sent = self.pass_on(request.into_body(), pieces).await;
        let read = reading.await;
        sent?;
        match read {
            Ok(Ok(())) => {}
            Ok(Err(Broken::Body(why))) => {
                log::event(Level::Warn, "body_broken", &[("input", &self.intake.name), ("why", &why)]);
                return Err(Refusal::later("body"));
            }
            Ok(Err(Broken::Ending)) | Err(_) => return Err(Refusal::later("draining")),
        }
        match timeout(self.config.answer_within.0, told).await {
            Ok(Ok(true)) => {
                self.metrics.acknowledged_within.observe(started.elapsed().as_secs_f64());
                Ok(())
            }
            Ok(_) => Err(Refusal::later("not_delivered")),
            Err(_) => Err(Refusal::later("output_slow")),
        }
    }

    /// Hands the body to the thread that reads it.
    async fn pass_on(&self, mut body: Incoming, pieces: mpsc::Sender<Option<Bytes>>) -> Result<(), Refusal> {
        loop {
            let piece = match timeout(self.config.read_timeout.0, body.frame()).await {
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
            // A reader that has ended says itself why.
            if pieces.send(piece).await.is_err() || is_last {
                return Ok(());
            }
        }
    }
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
