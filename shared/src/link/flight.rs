//! Part of the link: flight.
