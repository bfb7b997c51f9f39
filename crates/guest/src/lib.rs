//! The WASI component that answers windows on a gateway.
