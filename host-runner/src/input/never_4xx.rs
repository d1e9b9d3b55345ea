//! Turns the refusals that hyper writes by itself into 503.
//!
//! Shippers throw away what is answered with 4xx, but for 408 and 429. hyper answers a request that it cannot read (a
//! broken head, headers that are too long) with 400, 414 or 431 before anybody is asked. Those are recognised where
//! they are written: our own answers are 200, 408 and 503 alone, and short, so that nothing else begins so.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What every answer begins with, up to its status.
const VERSION: &[u8] = b"HTTP/1.1 ";

/// Called for each refusal.
type Noticed = Arc<dyn Fn() + Send + Sync>;

/// A stream to a client.
pub(crate) struct Never4xx<S> {
    stream: S,
    noticed: Noticed,
}

impl<S> Never4xx<S> {
    pub(crate) fn new(stream: S, noticed: Noticed) -> Self {
        Self { stream, noticed }
    }
}

/// The refusal as it may be written; nothing if this is none.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let rest = bytes.strip_prefix(VERSION)?;
    let is_refusal = rest.starts_with(b"4") && !rest.starts_with(b"408") && !rest.starts_with(b"429");
    is_refusal.then(|| [VERSION, b"503", rest.get(3..).unwrap_or_default()].concat())
}

impl<S: AsyncRead + Unpin> AsyncRead for Never4xx<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Never4xx<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(mended) = mended(bytes) else { return Pin::new(&mut self.stream).poll_write(cx, bytes) };
        let written = Pin::new(&mut self.stream).poll_write(cx, &mended);
        if written.is_ready() {
            (self.noticed)();
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn only_refusals_that_lose_records_are_changed() {
        let changed = mended(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n");
        let expected: &[u8] = b"HTTP/1.1 503 Request Header Fields Too Large\r\nconnection: close\r\n\r\n";
        assert_eq!(changed.as_deref(), Some(expected));
        for kept in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 408 Request Timeout\r\n", "HTTP/1.1 429 x", "HTTP/1.1 503 x", "4"]
        {
            assert_eq!(mended(kept.as_bytes()), None, "{kept}");
        }
    }
}
