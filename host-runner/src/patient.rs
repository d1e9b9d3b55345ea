//! Standard input and output that wait where they would be told to come again.
//!
//! Whoever started this program may have made them so that reading and writing never wait, for its own end of the same
//! pipe. That is no error, and to ask again and again would burn a core.

#[cfg(unix)]
use std::io::ErrorKind;
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};
#[cfg(unix)]
use tokio::net::unix::pipe;

/// A stream that waits.
pub(crate) struct Patient<S>(pub(crate) S);

#[cfg(unix)]
impl<S: AsFd> Patient<S> {
    /// Does what may not be possible yet, once it is.
    fn once<T>(
        &mut self,
        mut act: impl FnMut(&mut S) -> io::Result<T>,
        may: impl AsyncFn(OwnedFd) -> io::Result<()>,
    ) -> io::Result<T> {
        loop {
            match act(&mut self.0) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
                    runtime.block_on(may(self.0.as_fd().try_clone_to_owned()?))?;
                }
                done => return done,
            }
        }
    }
}

// Sockets and terminals can be waited for like pipes; what cannot be waited for never asks to.
#[cfg(unix)]
async fn readable(stream: OwnedFd) -> io::Result<()> {
    pipe::Receiver::from_owned_fd_unchecked(stream)?.readable().await
}

#[cfg(unix)]
async fn writable(stream: OwnedFd) -> io::Result<()> {
    pipe::Sender::from_owned_fd_unchecked(stream)?.writable().await
}

#[cfg(unix)]
impl<S: Read + AsFd> Read for Patient<S> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.once(|stream| stream.read(to), readable)
    }
}

#[cfg(unix)]
impl<S: Write + AsFd> Write for Patient<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.once(|stream| stream.write(bytes), writable)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.once(Write::flush, writable)
    }
}

/// Where streams are no descriptors, nobody makes them so.
#[cfg(not(unix))]
impl<S: Read> Read for Patient<S> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.read(to)
    }
}

#[cfg(not(unix))]
impl<S: Write> Write for Patient<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
