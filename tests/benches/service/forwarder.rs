//! Programs that only hand on: what a way costs without any detector.
//!
//! This benchmark starts itself as one of them. They are as cheap as a protocol allows: a thread for each connection,
//! blocking, one buffer; requests are answered when the other side has answered.

use anyhow::{Context, Result, bail, ensure};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// What is read from a file at once.
const CHUNK: usize = 1 << 20;

/// Where things go, by the words with which this program was started.
enum Out {
    Http(BufReader<TcpStream>),
    File(File),
}

/// Forwards for as long as it lives.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["omprog", path] => confirm_lines(path),
        ["mmexternal"] => answer_lines(),
        ["http", listen, to] => serve(listen, to),
        ["file", path, to] => follow(path, to),
        _ => bail!("nobody forwards {words:?}"),
    }
}

impl Out {
    /// An address, or the path of a file.
    fn to(to: &str) -> Result<Self> {
        Ok(match to.starts_with('/') {
            true => Self::File(OpenOptions::new().append(true).create(true).open(to)?),
            false => {
                let stream = TcpStream::connect(to)?;
                stream.set_nodelay(true)?;
                Self::Http(BufReader::new(stream))
            }
        })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::File(file) => file.write_all(bytes)?,
            Self::Http(stream) => {
                let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", bytes.len());
                stream.get_mut().write_all(head.as_bytes())?;
                stream.get_mut().write_all(bytes)?;
                let (first, _) = message(stream)?.context("the other side has gone")?;
                ensure!(first.contains(" 200 "), "answered {first}");
            }
        }
        Ok(())
    }
}

/// The first line and the body of the next message; `None` at the end.
fn message(from: &mut impl BufRead) -> Result<Option<(String, Vec<u8>)>> {
    let (mut first, mut length) = (String::new(), 0);
    if from.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut line = String::new();
    while from.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(Some((first, body)))
}

fn serve(listen: &str, to: &str) -> Result<()> {
    let listener = TcpListener::bind(listen)?;
    for stream in listener.incoming() {
        let (stream, to) = (stream?, to.to_owned());
        thread::spawn(move || forward(stream, &to));
    }
    Ok(())
}

fn forward(stream: TcpStream, to: &str) -> Result<()> {
    stream.set_nodelay(true)?;
    let (mut from, mut out) = (BufReader::new(stream), Out::to(to)?);
    while let Some((_, body)) = message(&mut from)? {
        out.put(&body)?;
        from.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
    Ok(())
}

fn follow(path: &str, to: &str) -> Result<()> {
    let (mut file, mut out) = (File::open(path)?, Out::to(to)?);
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => thread::sleep(std::time::Duration::from_millis(5)),
            length => out.put(chunk.get(..length).unwrap_or_default())?,
        }
    }
}

fn confirm_lines(path: &str) -> Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let mut status = io::stdout().lock();
    status.write_all(b"OK\n")?;
    status.flush()?;
    each_line(|line| {
        file.write_all(line)?;
        status.write_all(b"OK\n")?;
        status.flush()
    })
}

fn answer_lines() -> Result<()> {
    let mut replies = io::stdout().lock();
    each_line(|_| {
        replies.write_all(b"{}\n")?;
        replies.flush()
    })
}

fn each_line(mut take: impl FnMut(&[u8]) -> io::Result<()>) -> Result<()> {
    let (mut lines, mut line) = (io::stdin().lock(), Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        take(&line)?;
        line.clear();
    }
    Ok(())
}

/// A new, empty file there.
pub(crate) fn clear(path: &std::path::Path) -> Result<()> {
    fs::write(path, b"").context("the output cannot be cleared")
}
