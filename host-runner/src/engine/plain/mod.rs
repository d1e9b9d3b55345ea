//! The detector as a plain module, for hosts that load no component: Fluent Bit's filter_wasm.
//!
//! Takes a pack, gives a module with the pack in it as data, ready to judge: the shipped module is run here, in the
//! sandbox, until its rules are loaded, and its memory as it then is becomes the memory that the new module begins with.
//! So nothing is left to load where it runs, where nobody could tell what is wrong with a rule. The same pack gives the
//! same bytes. It must not judge a pack: whoever calls has had it tested by the component.

mod image;
mod writing;

use super::{Error, Pack};
use image::Image;

/// The detector as a plain module, with the built-in rules.
pub const PLAIN: &[u8] = include_bytes!("../../../detector/trailsieve-plain.wasm");

/// The name of the function that filter_wasm must be told to call.
pub const FUNCTION: &str = "trailsieve_filter";

/// What loads a pack into the shipped module. A module that is made here has it no more.
const LOAD: &str = "trailsieve_load";

/// What gives memory to the host.
const MALLOC: &str = "malloc";

/// The pointer of the stack in a module's memory.
const STACK_POINTER: &str = "__stack_pointer";

/// The module that judges with this pack, and says every so many seconds that it lives (0: never).
pub fn module(pack: &Pack, heartbeat: u32) -> Result<Vec<u8>, Error> {
    let image = Image::after_loading(PLAIN, &listed(pack)?, heartbeat).map_err(Error::Plain)?;
    writing::with_image(PLAIN, &image).map_err(Error::Plain)
}

/// The pack as the module reads it: the settings, then the path and the content of each file, each text behind its
/// length in four bytes, the lowest first.
fn listed(pack: &Pack) -> Result<Vec<u8>, Error> {
    let files = pack.files.iter().flat_map(|file| [file.path.as_bytes(), file.content.as_slice()]);
    let mut listed = Vec::with_capacity(pack.bytes());
    for text in std::iter::once(pack.settings.as_bytes()).chain(files) {
        let length = u32::try_from(text.len()).map_err(|_| Error::Plain("a file is larger than 4 GiB".to_owned()))?;
        listed.extend_from_slice(&length.to_le_bytes());
        listed.extend_from_slice(text);
    }
    Ok(listed)
}
