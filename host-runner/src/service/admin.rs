//! How the service is: `/healthz`, `/readyz`, `/metrics`.

use super::breaker::Breaker;
use super::budget::Budget;
use super::health::Health;
use super::queue::Queue;
use super::stop::Stop;
use crate::log::{self, Level};
use crate::metrics::Metrics;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The content type of what Prometheus reads here.
const METRICS: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Who asks is a machine that asks at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked about.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    pub(super) metrics: Arc<Metrics>,
    pub(super) health: Arc<Health>,
    pub(super) breaker: Arc<Breaker>,
    pub(super) queue: Arc<Queue>,
    pub(super) budget: Arc<Budget>,
    pub(super) stop: Arc<Stop>,
}

impl Admin {
    /// Answers for as long as the service runs.
    pub(super) async fn serve(self, listener: TcpListener) {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    log::event(Level::Warn, "accept_failed", &[("input", &"admin"), ("why", &error)]);
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let admin = self.clone();
            let service = service_fn(move |request| {
                let answer = admin.answer(&request);
                async { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(async move {
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                // Who asks and goes away has no need of an answer.
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let (status, kind, text) = match request.uri().path() {
            "/healthz" => (StatusCode::OK, TEXT, "ok\n".to_owned()),
            "/readyz" => match self.troubles() {
                none if none.is_empty() => (StatusCode::OK, TEXT, "ready\n".to_owned()),
                troubles => (StatusCode::SERVICE_UNAVAILABLE, TEXT, troubles),
            },
            "/metrics" => match self.numbers() {
                Ok(numbers) => (StatusCode::OK, METRICS, numbers),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, TEXT, format!("{error}\n")),
            },
            _ => (StatusCode::NOT_FOUND, TEXT, "there are /healthz, /readyz and /metrics\n".to_owned()),
        };
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }

    fn troubles(&self) -> String {
        let mut troubles = self.health.troubles();
        for (is, what) in [
            (self.stop.is_draining(), "the service is ending\n"),
            (self.breaker.is_open(), "the detector fails on everything; records pass unjudged\n"),
        ] {
            if is {
                troubles.push_str(what);
            }
        }
        troubles
    }

    fn numbers(&self) -> Result<String, std::fmt::Error> {
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.metrics.queue_bytes.set(number(self.budget.used()));
        self.metrics.queue_pages.set(number(self.queue.waiting()));
        self.metrics.text()
    }
}
