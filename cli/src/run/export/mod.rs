//! `--otlp URL`: runs, agents and attempts as spans, sent to a collector of OpenTelemetry.
//!
//! Whatever fails here fails no run. The variables that OpenTelemetry has for exporters hold here too; without an
//! address, from the option or from a variable, nothing is made and nothing sent.

mod client;
mod queue;

use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use segue::ensemble::{RunBuilder, Spans};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;

use self::client::Client;
use self::queue::Queue;
use crate::output::{Output, WARN};

/// Where spans go.
#[derive(Args, Debug)]
pub(super) struct ExportOptions {
    /// Send runs, agents and attempts as spans to the OpenTelemetry collector at URL (http://localhost:4318)
    /// [default: what OTEL_EXPORTER_OTLP_ENDPOINT says, else nowhere]
    #[arg(long, value_name = "URL")]
    otlp: Option<String>,
}

/// Spans on their way out.
#[derive(Default)]
pub(super) struct Export(Option<Sending>);

struct Sending {
    provider: SdkTracerProvider,
    queue: Queue,
    /// Who asked for it, to be named where it fails.
    asked_by: &'static str,
}

/// The variables that say where to, the stronger first.
const ADDRESSES: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// Where a collector takes spans.
const PATH: &str = "/v1/traces";

impl ExportOptions {
    /// Makes all spans from now on go out, where that was asked for. A faulty option is an error; a faulty variable,
    /// which may be meant for others, is told and stops nothing.
    pub(super) fn start(&self, out: &mut Output) -> anyhow::Result<Export> {
        if let Some(url) = &self.otlp {
            let sending = Sending::to(Some(url), "--otlp").map_err(|error| anyhow!("--otlp: {error:#}"))?;
            return Ok(Export(Some(sending)));
        }
        let is = |name: &str, value: &str| said(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
        let Some(variable) = ADDRESSES.into_iter().find(|name| said(name).is_some()) else {
            return Ok(Export::default());
        };
        if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
            return Ok(Export::default());
        }
        match Sending::to(None, variable) {
            Ok(sending) => Ok(Export(Some(sending))),
            Err(error) => {
                out.note(WARN, "warning", &format!("{variable}: {error:#}; no spans are sent"))?;
                Ok(Export::default())
            }
        }
    }
}

impl Sending {
    fn to(url: Option<&str>, asked_by: &'static str) -> anyhow::Result<Self> {
        // The process is ours; a collector's address may be an encrypted one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new()?;
        let told = client.told.clone();
        let mut builder = SpanExporter::builder().with_http().with_http_client(client);
        if let Some(url) = url {
            let address = reqwest::Url::parse(url);
            if !address.is_ok_and(|address| matches!(address.scheme(), "http" | "https")) {
                return Err(anyhow!("`{url}` is no address that begins with http:// or https://"));
            }
            builder =
                builder.with_endpoint(format!("{}{PATH}", url.trim_end_matches('/').trim_end_matches(PATH)));
        }
        let queue = Queue::new(builder.build()?, told)?;
        let mut resource = Resource::builder();
        if said("OTEL_SERVICE_NAME").is_none() && said("OTEL_RESOURCE_ATTRIBUTES").is_none() {
            resource = resource.with_service_name("segue");
        }
        let provider = SdkTracerProvider::builder().with_resource(resource.build());
        let provider = provider.with_span_processor(queue.clone()).build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("segue"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| metadata.target().starts_with("segue")));
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer))?;
        Ok(Self { provider, queue, asked_by })
    }
}

/// A variable's value, if it says anything.
fn said(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

impl Export {
    /// The run with its spans.
    pub(super) fn watch(&self, builder: RunBuilder) -> RunBuilder {
        match &self.0 {
            Some(_) => builder.observer(Arc::new(Spans::new())),
            None => builder,
        }
    }

    /// Waits until all is sent, and tells if it was not.
    pub(super) fn finish(self, out: &mut Output) -> std::io::Result<()> {
        let Some(Sending { provider, queue, asked_by }) = self.0 else { return Ok(()) };
        // What it could say of itself the queue says better.
        let _ = provider.shutdown();
        match queue.fault() {
            Some(fault) => out.note(WARN, "warning", &format!("{asked_by}: {fault}")),
            None => Ok(()),
        }
    }
}
