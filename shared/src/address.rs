//! Where a request comes from, as far as limits are concerned (SECURITY.md L2, L3).
//!
//! - **AD1** An address is one of IPv4, whole, or a /64 of IPv6, which is what one connection has. What
//!   is neither, is nothing, and limits nobody.
//! - **AD2** Of a list, as proxies make it, the last one counts: the nearest proxy has written it, and
//!   whatever stands before it anybody may have made up.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The part of an address that counts as one, as a number.
#[must_use]
pub fn prefix(header: &str) -> Option<u64> {
    let last = header.rsplit(',').next()?.trim();
    match last.parse().ok()? {
        IpAddr::V4(address) => Some(of_v4(address)),
        IpAddr::V6(address) => Some(of_v6(address)),
    }
}

fn of_v4(address: Ipv4Addr) -> u64 {
    u32::from(address).into()
}

fn of_v6(address: Ipv6Addr) -> u64 {
    match address.to_ipv4_mapped() {
        Some(address) => of_v4(address),
        // The upper half: 128 bits shifted by 64 fit.
        None => u64::try_from(u128::from(address) >> 64).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_l3_01_ad1_ad2_an_address_is_one_or_nothing() {
        let cases = [
            ("192.0.2.7", Some(0xc000_0207)),
            (" 192.0.2.7 ", Some(0xc000_0207)),
            ("::ffff:192.0.2.7", Some(0xc000_0207)),
            ("2001:db8:1:2:3:4:5:6", Some(0x2001_0db8_0001_0002)),
            ("2001:db8:1:2::", Some(0x2001_0db8_0001_0002)),
            ("203.0.113.9, 192.0.2.7", Some(0xc000_0207)),
            ("192.0.2.7, <script>alert(1)</script>", None),
            ("", None),
            ("192.0.2", None),
            ("192.0.2.7:443", None),
            ("0x7f.1", None),
            ("192.0.2.7\r\nx: y", None),
            ("localhost", None),
        ];
        for (header, expected) in cases {
            assert_eq!(prefix(header), expected, "{header}");
        }
    }
}
