//! The shell on Cloudflare.
