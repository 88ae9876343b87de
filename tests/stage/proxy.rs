//! A bad network: a TCP proxy that can be cut, hung and healed while browsers talk through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Weather {
    /// Bytes go through.
    Fair,
    /// Open connections break, new ones are refused.
    Cut,
    /// Nothing goes through and nothing is said: half-open.
    Hung,
}

/// A proxy on a port of its own, alive as long as the journey.
pub struct Proxy {
    port: u16,
    target: Arc<AtomicU16>,
    weather: watch::Sender<Weather>,
}

impl Proxy {
    /// Stands in front of that port of this machine.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let target = Arc::new(AtomicU16::new(port));
        let (weather, forecast) = watch::channel(Weather::Fair);
        let proxy = Self {
            port: listener.local_addr()?.port(),
            target: Arc::clone(&target),
            weather,
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let port = target.load(Ordering::Relaxed);
                tokio::spawn(carry(client, port, forecast.clone()));
            }
        });
        Ok(proxy)
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends new connections to another port.
    pub fn aim(&self, port: u16) {
        self.target.store(port, Ordering::Relaxed);
    }

    /// Breaks every connection and refuses new ones.
    pub fn cut(&self) {
        self.weather.send_replace(Weather::Cut);
    }

    /// Lets every connection hang without a word.
    pub fn hang(&self) {
        self.weather.send_replace(Weather::Hung);
    }

    /// Lets everything through again.
    pub fn heal(&self) {
        self.weather.send_replace(Weather::Fair);
    }
}

async fn carry(client: TcpStream, port: u16, weather: watch::Receiver<Weather>) {
    if *weather.borrow() == Weather::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    _ = client.set_nodelay(true);
    _ = server.set_nodelay(true);
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(
        pump(from_client, to_server, weather.clone()),
        pump(from_server, to_client, weather),
    );
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            _ = weather.wait_for(|weather| *weather == Weather::Cut) => return,
            read = from.read(&mut buffer) => read,
        };
        let Ok(length @ 1..) = read else {
            break;
        };
        match weather.wait_for(|weather| *weather != Weather::Hung).await {
            Ok(weather) if *weather == Weather::Fair => (),
            _ => return,
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
    _ = to.shutdown().await;
}
