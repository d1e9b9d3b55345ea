//! HTTP by hand, so that the service is not tested by the library it is made of: a client that says exactly what a test
//! wants said, and a server that answers what a test wants answered.
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Nothing here takes as long; a test that hangs should end.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200 or another number.
    pub status: u16,
    /// All lines of the head but the first, in small letters.
    pub headers: Vec<(String, String)>,
    /// What follows the head.
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A connection to a server.
pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects.
    pub fn to(address: SocketAddr) -> Self {
        Self::try_to(address).unwrap()
    }

    /// Connects, if somebody is there.
    pub fn try_to(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        // A body follows its head at once.
        stream.set_nodelay(true).ok()?;
        Some(Self(BufReader::new(stream)))
    }

    /// Writes these bytes as they are.
    pub fn say(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Posts a body with these headers and waits for the answer; `None` if the connection ends instead.
    pub fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let mut head = format!("POST {path} HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let stream = self.0.get_mut();
        // A server may answer, or end, before it has read all.
        let sent = stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(body));
        if sent.is_err() {
            return None;
        }
        self.answer()
    }

    /// Waits for an answer; `None` if the connection ends instead.
    pub fn answer(&mut self) -> Option<Answer> {
        let (first, headers, body) = message(&mut self.0)?;
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        Some(Answer { status, headers, body: String::from_utf8(body).unwrap() })
    }
}

/// Posts one body on a connection of its own.
pub fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    Client::to(address).post(path, headers, body).unwrap()
}

/// Asks for a page.
pub fn get(address: SocketAddr, path: &str) -> Answer {
    let mut client = Client::to(address);
    client.say(format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").as_bytes());
    client.answer().unwrap()
}

type Message = (String, Vec<(String, String)>, Vec<u8>);

/// The first line, the headers and the body of a message.
fn message(from: &mut impl BufRead) -> Option<Message> {
    let mut line = || -> Option<String> {
        let mut line = String::new();
        let length = from.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some((first, headers, body))
}

/// A request as a server sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Asked {
    /// The lines of the body.
    pub fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.body).lines().map(str::to_owned).collect()
    }
}

/// What a server answers: a status, or nothing, which ends the connection.
type Decide = Box<dyn Fn(&Asked) -> Option<u16> + Send + Sync>;

/// A server that keeps what it takes.
#[derive(Clone)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Asked>>>,
    decide: Arc<Mutex<Decide>>,
    /// The header with which it asks for time when it declines something.
    asks_for_time: Arc<Mutex<&'static str>>,
    /// Its answers promise more than comes.
    is_endless: Arc<AtomicBool>,
}

impl Server {
    /// A server that answers what is decided for each request. What is answered with 2xx is kept.
    pub fn deciding(decide: impl Fn(&Asked) -> Option<u16> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let decide: Decide = Box::new(decide);
        let decide = Arc::new(Mutex::new(decide));
        let server =
            Self { address, taken: Arc::default(), decide, asks_for_time: Arc::default(), is_endless: Arc::default() };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, serving) = (stream.unwrap(), serving.clone());
                thread::spawn(move || serving.serve(stream));
            }
        });
        server
    }

    /// A server that takes everything.
    pub fn taking() -> Self {
        Self::deciding(|_| Some(200))
    }

    /// From now on it decides like this.
    pub fn decide(&self, decide: impl Fn(&Asked) -> Option<u16> + Send + Sync + 'static) {
        *self.decide.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(decide);
    }

    /// From now on it says this header with whatever it declines: a line of its own, with its end.
    pub fn ask_for_time(&self, header: &'static str) {
        *self.asks_for_time.lock().unwrap_or_else(PoisonError::into_inner) = header;
    }

    /// From now on its answers promise more than comes, and it waits.
    pub fn never_end_answers(&self) {
        self.is_endless.store(true, Ordering::SeqCst);
    }

    /// All requests that it took, in their order.
    pub fn taken(&self) -> Vec<Asked> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the last request that it took ends so.
    pub fn last_ends_with(&self, end: &[u8]) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.last().is_some_and(|asked| asked.body.ends_with(end))
    }

    /// It keeps nothing of what it took.
    pub fn forget(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The lines of all requests that it took.
    pub fn lines(&self) -> Vec<String> {
        self.taken().iter().flat_map(Asked::lines).collect()
    }

    fn serve(&self, stream: TcpStream) {
        let mut from = BufReader::new(stream);
        while let Some((_, headers, body)) = message(&mut from) {
            let asked = Asked { headers, body };
            let status = self.decide.lock().unwrap_or_else(PoisonError::into_inner)(&asked);
            let Some(status) = status else { return };
            let is_taken = (200..300).contains(&status);
            if is_taken {
                self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
            }
            let asks = *self.asks_for_time.lock().unwrap_or_else(PoisonError::into_inner);
            let asks = if is_taken { "" } else { asks };
            let length = if self.is_endless.load(Ordering::SeqCst) { 6 } else { 5 };
            let answer = format!("HTTP/1.1 {status} X\r\n{asks}content-length: {length}\r\n\r\nwords");
            match from.get_mut().write_all(answer.as_bytes()) {
                Ok(()) => {}
                Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => return,
                Err(error) => panic_with(&error),
            }
        }
    }
}

fn panic_with(error: &std::io::Error) {
    assert_eq!(error.to_string(), "", "the server of a test cannot write");
}
