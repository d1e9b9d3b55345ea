//! What a call does, as its name begins.

/// One of the four things that can be done to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Read,
    Update,
    Delete,
    /// The name does not tell.
    Other,
}

const VERBS: [(Verb, &[&str]); 4] = [
    (Verb::Create, &["Create", "Run", "Generate", "Import", "Issue", "Upload", "Copy", "Allocate"]),
    (Verb::Read, &["Get", "List", "Describe", "Search", "Lookup", "Head", "Query", "BatchGet", "Select"]),
    (Verb::Delete, &["Delete", "Terminate", "Remove", "Purge", "Revoke", "Deregister", "Release"]),
    (
        Verb::Update,
        &[
            "Put",
            "Update",
            "Modify",
            "Set",
            "Add",
            "Attach",
            "Detach",
            "Associate",
            "Disassociate",
            "Start",
            "Stop",
            "Enable",
            "Disable",
            "Tag",
            "Untag",
            "Register",
            "Authorize",
            "Restore",
            "Reset",
        ],
    ),
];

impl Verb {
    /// A verb ends where the next word begins: `SettleInvoice` sets nothing.
    pub(super) fn of(name: &str) -> Self {
        let begins_with = |verb: &&str| {
            name.strip_prefix(verb).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
        };
        VERBS.iter().find(|(_, verbs)| verbs.iter().any(begins_with)).map_or(Self::Other, |(verb, _)| *verb)
    }
}

#[cfg(test)]
mod tests {
    use super::Verb;

    #[test]
    fn a_call_does_what_its_first_word_says() {
        for (name, verb) in [
            ("CreateFunction20150331", Verb::Create),
            ("AllocateAddress", Verb::Create),
            ("BatchGetSecretValue", Verb::Read),
            ("Query", Verb::Read),
            ("DeleteTags", Verb::Delete),
            ("DeregisterImage", Verb::Delete),
            ("AddTags", Verb::Update),
            ("DisassociateAddress", Verb::Update),
            ("SettleInvoice", Verb::Other),
            ("Login_GET", Verb::Other),
            ("createUser", Verb::Other),
            ("", Verb::Other),
        ] {
            assert_eq!(Verb::of(name), verb, "{name}");
        }
    }
}
