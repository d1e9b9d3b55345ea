//! Machine code from the cache becomes a component again: the only unsafe code outside the sandbox.
//!
//! Takes bytes that [`Cache::read`](super::cache::Cache::read) has verified, gives the component. It must never be
//! given bytes from anywhere else: wasmtime runs what it is given here.

use super::cache::Verified;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The component, or `None` if this wasmtime cannot use the code: then it is compiled anew.
pub(super) fn revive(engine: &Engine, code: &Verified) -> Option<Component> {
    // SAFETY: `deserialize` is sound for bytes that `Component::serialize` gave under a compatible engine.
    // - Only `Cache::read` makes a `Verified`, and only from a file whose recorded SHA-256 covers the key and every
    //   byte, so a damaged file or one of another component never gets here.
    // - The key contains the digest of the component and wasmtime's own hash of its version, target and settings.
    // - The file and its folder belong to the user we run as and nobody else may write them. Who can write them can
    //   replace this program as well.
    // - The bytes are in our memory already; a file that changes after the check changes nothing.
    #[expect(unsafe_code, reason = "the cache is what makes a start fast; the argument stands above")]
    let component = unsafe { Component::deserialize(engine, code.bytes()) };
    component.ok()
}
