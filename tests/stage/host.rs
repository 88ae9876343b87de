//! A company's own web page: served by the journey, on another site than Bellhop.

use std::sync::Arc;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A page and how it is served.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path.
    pub path: &'static str,
    /// Its `Content-Security-Policy`; empty for none.
    pub policy: String,
    /// Its HTML.
    pub html: String,
}

/// A web server with a few pages.
pub struct Host {
    port: u16,
}

impl Host {
    /// Serves these pages; any other path is 404.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn with(pages: Vec<Page>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let pages = Arc::new(pages);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&pages)));
            }
        });
        Ok(Self { port })
    }

    /// Address of a page. `localhost` is another site than `127.0.0.1`, where Bellhop is.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

async fn answer(mut stream: TcpStream, pages: Arc<Vec<Page>>) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await.ok()? {
            0 => return None,
            length => request.extend_from_slice(buffer.get(..length)?),
        }
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1)?.split('?').next()?;
    let page = pages.iter().find(|page| page.path == path);
    let (status, policy, html) = page.map_or(("404 Not Found", "", ""), |page| {
        ("200 OK", &*page.policy, &*page.html)
    });
    let policy = match policy {
        "" => String::new(),
        policy => format!("Content-Security-Policy: {policy}\r\n"),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         {policy}Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        html.len(),
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(html.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
