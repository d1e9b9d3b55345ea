//! The optional interface by which records are converted, in a component of its own. Takes a host's calls, gives core's
//! answers in the boundary's types.

use exports::trailsieve::plugin::converter::{Converted, Format, Guest};
use trailsieve_core::convert::{Converted as Told, Format as Form, convert};

wit_bindgen::generate!({ path: "wit", world: "converting" });

struct Plugin;

impl Guest for Plugin {
    fn convert(to: Format, batch: Vec<u8>, settings: String) -> Result<Vec<Converted>, String> {
        let form = match to {
            Format::Ocsf => Form::Ocsf,
            Format::Ecs => Form::Ecs,
            Format::Row => Form::Row,
        };
        Ok(convert(form, &batch, &settings)?.into_iter().map(converted).collect())
    }
}

fn converted(told: Told) -> Converted {
    match told {
        Told::Lines(lines) => Converted::Lines(lines),
        Told::NotCloudtrail => Converted::NotCloudtrail,
        Told::Malformed => Converted::Malformed,
        Told::Refused(why) => Converted::Refused(why),
    }
}

export!(Plugin);
