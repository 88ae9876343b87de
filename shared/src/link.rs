//! Machine 3: a client's end of the wire, for every client.
