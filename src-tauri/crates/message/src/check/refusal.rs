//! Why an answer of a model is not used: a closed list, each with a sentence that is kept with the commit.

/// What is wrong with an answer. No word of the answer is in the sentences: it is not ours to spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No text.
    #[error("The language model's answer was empty.")]
    Empty,
    /// It ended before its end.
    #[error("The language model's answer was cut off.")]
    CutOff,
    /// Nothing but what it thought.
    #[error("The language model answered with its thinking only.")]
    Thinking,
    /// Braces, tags, tables, code.
    #[error("The language model's answer was data or markup instead of a sentence.")]
    Markup,
    /// Fewer than two words or ten characters.
    #[error("The language model's answer was too short.")]
    TooShort,
    /// More than a subject may have.
    #[error("The language model's answer was too long for a subject.")]
    TooLong,
    /// It talks to us.
    #[error("The language model's answer was about its task instead of the change.")]
    Prose,
    /// Another script than the repository's.
    #[error("The language model answered in another script than this repository's messages.")]
    Script,
    /// A mention, an issue, a switch, a trailer, an address.
    #[error("The language model's answer contained something that hosts or build servers act on.")]
    Effect,
    /// A password, a token, a key.
    #[error("The language model's answer contained something that looks like a secret.")]
    Secret,
    /// A second type, or one that is not allowed.
    #[error("The language model's answer had a type that does not fit the change.")]
    Type,
    /// The words of its instructions.
    #[error("The language model repeated its instructions.")]
    EchoOfInstructions,
    /// The words of an example.
    #[error("The language model repeated an example.")]
    EchoOfExample,
    /// The words of an earlier subject.
    #[error("The language model repeated an earlier message.")]
    EchoOfHistory,
    /// A line of the change itself.
    #[error("The language model copied a line of the change.")]
    EchoOfChange,
    /// A verb and a word that fits everything.
    #[error("The language model's answer says nothing of the change.")]
    Nothing,
    /// Only where something changed, and the rules know what.
    #[error("The language model's answer says less of the change than the rules do.")]
    Less,
    /// The same words again and again.
    #[error("The language model's answer repeated itself.")]
    Repetition,
    /// A file that is not there.
    #[error("The language model's answer named a file that is not in the change.")]
    File,
    /// A name that is not there.
    #[error("The language model's answer named something that is not in the change.")]
    Name,
    /// A number or version that is not there.
    #[error("The language model's answer had a number that is not in the change.")]
    Number,
    /// Hardly a word in common.
    #[error("The language model's answer has too little in common with the change.")]
    Unrelated,
    /// Added, and it is not new.
    #[error("The language model's answer says that something was added, and the change does not show it.")]
    NotAdded,
    /// Removed, and it is not gone.
    #[error("The language model's answer says that something was removed, and the change does not show it.")]
    NotRemoved,
    /// Renamed or moved, and it is not.
    #[error(
        "The language model's answer says that something was renamed or moved, and the change does not show it."
    )]
    NotRenamed,
    /// From one value to another, and it is not.
    #[error(
        "The language model's answer says that a version or value changed, and the change does not show it."
    )]
    NotChanged,
    /// A repair, an effect or a release that a change cannot prove.
    #[error("The language model's answer claims what the change cannot show.")]
    Claim,
}
