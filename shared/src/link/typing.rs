//! Part of the link: typing.
