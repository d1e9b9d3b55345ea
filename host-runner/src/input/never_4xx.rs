//! Turns the refusals that hyper writes by itself into 503.
//!
//! Shippers throw away what is answered with 4xx, but for 408 and 429. hyper answers a request that it cannot read (a
//! broken head, headers that are too long) with 400, 414 or 431 before anybody is asked. Those are recognised where
//! they are written: our own answers are 200, 408 and 503 alone, and short, so that nothing else begins so. Like ours they
//! say when to try again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What every answer begins with, up to the last digit of its version. One to HTTP/1.0 has that.
const VERSION: &[u8] = b"HTTP/1.";

/// What our own refusals say, too.
const RETRY: &[u8] = b"retry-after: 1\r\n";

/// Called for each refusal.
type Noticed = Arc<dyn Fn() + Send + Sync>;

/// A stream to a client.
pub(crate) struct Never4xx<S> {
    stream: S,
    noticed: Noticed,
    /// What is left to write instead of a refusal. It is longer, so that it may take several turns.
    left: Vec<u8>,
}

impl<S> Never4xx<S> {
    pub(crate) fn new(stream: S, noticed: Noticed) -> Self {
        Self { stream, noticed, left: Vec::new() }
    }
}

/// The refusal as it may be written; nothing if this is none.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let (version, rest) = bytes.strip_prefix(VERSION)?.split_at_checked(2)?;
    let is_refusal = rest.starts_with(b"4") && !rest.starts_with(b"408") && !rest.starts_with(b"429");
    let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
    let (status, headers) = rest.split_at_checked(line)?;
    let retry = if status.ends_with(b"\n") { RETRY } else { b"" };
    is_refusal.then(|| [VERSION, version, b"503", status.get(3..).unwrap_or_default(), retry, headers].concat())
}

impl<S: AsyncRead + Unpin> AsyncRead for Never4xx<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Never4xx<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, noticed, left } = &mut *self;
        if left.is_empty() {
            let Some(mended) = mended(bytes) else { return Pin::new(stream).poll_write(cx, bytes) };
            noticed();
            *left = mended;
        }
        while !left.is_empty() {
            match ready!(Pin::new(&mut *stream).poll_write(cx, left))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(left.drain(..written)),
            }
        }
        Poll::Ready(Ok(bytes.len()))
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
        for version in ["HTTP/1.1 ", "HTTP/1.0 "] {
            let changed = mended(format!("{version}431 Headers Too Large\r\nconnection: close\r\n\r\n").as_bytes());
            let expected = format!("{version}503 Headers Too Large\r\nretry-after: 1\r\nconnection: close\r\n\r\n");
            assert_eq!(changed, Some(expected.into_bytes()));
        }
        for kept in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 408 Request Timeout\r\n", "HTTP/1.1 429 x", "HTTP/1.1 503 x", "4"]
        {
            assert_eq!(mended(kept.as_bytes()), None, "{kept}");
        }
    }
}
