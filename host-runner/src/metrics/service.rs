//! The numbers of the service as Prometheus reads them.
//!
//! What became of records is counted by the same [`Counters`] as everywhere; around them stand the numbers that only
//! something long-running has. A label is a name from the configuration or the pack, or one of a few words of ours.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::Counters;

type Labels = Vec<(&'static str, String)>;

/// All numbers of a running service.
pub(crate) struct Metrics {
    registry: Registry,
    counted: Arc<Counted>,
    requests: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
    written: Family<Labels, Counter>,
    retries: Family<Labels, Counter>,
    dead_letters: Family<Labels, Counter>,
    reloads: Family<Labels, Counter>,
    file_breaks: Family<Labels, Counter>,
    /// Fuel of one batch.
    pub(crate) fuel: Histogram,
    /// Seconds from a page's coming to its verdict.
    pub(crate) judged_within: Histogram,
    /// Seconds from a request's coming to its acknowledgement.
    pub(crate) acknowledged_within: Histogram,
    /// Bytes in all queues.
    pub(crate) queue_bytes: Gauge,
    /// Pages that wait for a judge.
    pub(crate) queue_pages: Gauge,
    /// Seconds between the time of the last event that told it and its verdict.
    pub(crate) lag: Gauge,
    /// 1 while the detector is left alone.
    pub(crate) breaker_open: Gauge,
    /// How many packs have been in force.
    pub(crate) generation: Gauge,
    /// How many mistakes there are in rules that the one in force was loaded without.
    pub(crate) refused_rules: Gauge,
}

#[derive(Debug, Default)]
struct Counted(Mutex<Counters>);

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("trailsieve");
        let counted = Arc::new(Counted::default());
        registry.register_collector(Box::new(Arc::clone(&counted)));
        let mut family = |name: &str, help: &str| {
            let family = Family::<Labels, Counter>::default();
            registry.register(name, help, family.clone());
            family
        };
        let requests = family("requests", "Requests by input and answer");
        let refused = family("requests_refused", "Requests that were not taken in, by input and reason");
        let written = family("output_bytes", "Bytes that were acknowledged, by output");
        let retries = family("output_retries", "Failed attempts to deliver, by output");
        let dead_letters = family("dead_letters", "Records that were refused alone and kept, by output");
        let file_breaks =
            family("file_breaks", "Breaks in what was read of a followed file, by input and event of the log");
        let reloads = family("reloads", "Attempts to put other rules into force, by result");
        // From some thousand units, a small record, to all the fuel of a large batch.
        let fuel = Histogram::new(exponential_buckets(1_000.0, 4.0, 12));
        registry.register("batch_fuel", "Fuel burnt by one batch", fuel.clone());
        let mut seconds = |name: &str, help: &str| {
            let histogram = Histogram::new(exponential_buckets(0.000_1, 4.0, 12));
            registry.register(name, help, histogram.clone());
            histogram
        };
        let judged_within = seconds("judged_seconds", "Seconds from a page's coming to its verdict");
        let acknowledged_within = seconds("acknowledged_seconds", "Seconds from a request to its acknowledgement");
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        Self {
            queue_bytes: gauge("queue_bytes", "Bytes in all queues"),
            queue_pages: gauge("queue_pages", "Pages that wait for a judge"),
            lag: gauge("lag_seconds", "Seconds between the time of the last event that told it and its verdict"),
            breaker_open: gauge("breaker_open", "1 while the detector is left alone because it failed on everything"),
            generation: gauge("pack_generation", "How many packs have been in force since the start"),
            refused_rules: gauge("pack_mistakes", "Mistakes in rules that were left out of the pack in force"),
            registry,
            counted,
            requests,
            refused,
            written,
            retries,
            dead_letters,
            reloads,
            file_breaks,
            fuel,
            judged_within,
            acknowledged_within,
        }
    }

    /// Counts what became of a page.
    pub(crate) fn count(&self, count: impl FnOnce(&mut Counters)) {
        count(&mut self.counted.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A request was answered.
    pub(crate) fn answered(&self, input: &str, status: u16) {
        let labels = vec![("input", input.to_owned()), ("answer", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// A request was not taken in.
    pub(crate) fn refused(&self, input: &str, reason: &'static str) {
        self.refused.get_or_create(&vec![("input", input.to_owned()), ("reason", reason.to_owned())]).inc();
    }

    /// An output has taken so many bytes.
    pub(crate) fn written(&self, output: &str, bytes: usize) {
        self.written.get_or_create(&of(output)).inc_by(bytes as u64);
    }

    /// An output has not taken what it was offered.
    pub(crate) fn retried(&self, output: &str) {
        self.retries.get_or_create(&of(output)).inc();
    }

    /// A record went to an output's dead letters.
    pub(crate) fn kept_aside(&self, output: &str) {
        self.dead_letters.get_or_create(&of(output)).inc();
    }

    /// A followed file does not go on where it was read to, as this event of the log tells.
    pub(crate) fn file_broke(&self, input: &str, event: &'static str) {
        self.file_breaks.get_or_create(&vec![("input", input.to_owned()), ("event", event.to_owned())]).inc();
    }

    /// Rules were read again.
    pub(crate) fn reloaded(&self, result: &'static str) {
        self.reloads.get_or_create(&vec![("result", result.to_owned())]).inc();
    }

    /// The text that Prometheus asks for.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut written = String::new();
        text::encode(&mut written, &self.registry)?;
        Ok(written)
    }
}

fn of(output: &str) -> Labels {
    vec![("output", output.to_owned())]
}

impl Collector for Counted {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let outcomes = [
            ("clean", counters.clean),
            ("flagged", counters.flagged),
            ("unjudged", counters.unjudged),
            ("malformed", counters.malformed),
            ("oversized", counters.oversized),
            ("not_cloudtrail", counters.not_cloudtrail),
        ];
        let one = |name: &'static str, value: &str, number: u64| (vec![(name, value.to_owned())], number);
        let outcomes = outcomes.iter().map(|(name, number)| one("outcome", name, *number));
        family(&mut encoder, "records", "Records by what became of them", outcomes)?;
        let reasons = counters.unjudged_by_reason.iter().map(|(reason, number)| one("reason", reason, *number));
        family(&mut encoder, "unjudged", "Records that passed without being judged, by reason", reasons)?;
        let found = counters.findings.levels_by_rule.iter().flat_map(|(rule, levels)| {
            levels.iter().map(|(level, number)| (vec![("rule", rule.clone()), ("level", level.clone())], *number))
        });
        family(&mut encoder, "findings", "Findings by rule and level", found)?;
        let suppressed = counters.suppressed.by_rule.iter().flat_map(|(rule, sources)| {
            sources.iter().map(|(by, number)| (vec![("rule", rule.clone()), ("by", by.clone())], *number))
        });
        family(
            &mut encoder,
            "suppressed",
            "Matches that are no findings, by rule and the filter or override that says so",
            suppressed,
        )?;
        let bytes = ConstCounter::new(counters.bytes_in);
        bytes.encode(encoder.encode_descriptor("input_bytes", "Bytes of pages taken in", None, bytes.metric_type())?)
    }
}

fn family(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    members: impl Iterator<Item = (Labels, u64)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, number) in members {
        let counter = ConstCounter::new(number);
        counter.encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}
