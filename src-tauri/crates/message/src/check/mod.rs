//! What stands between a model's answer and a commit: cleaned, compared with the change, and refused at any doubt. A
//! refusal costs a duller message; a sentence that is not true costs trust.

mod claims;
mod clean;
mod echo;
mod evidence;
mod grounded;
mod refusal;
mod shape;
mod sides;
mod verbs;
mod words;

pub use refusal::Refusal;

use crate::{
    Brief, Frame, defuse,
    facts::Facts,
    fitting::{CUTS, fitting},
    providers::llm::prompt,
    subject,
    verbs::Tense,
    vocabulary,
};
use evidence::Evidence;
use serde_json::Value;
use shape::Shape;
use words::{Kind, Token};

/// Fewest characters of a description.
const SHORTEST: usize = 8;
/// Most characters of a line that may still be shortened.
const LONGEST: usize = 160;

/// What a model says about its task instead of the change.
const PROSE: &[&str] = &[
    "this commit",
    "this change",
    "these changes",
    "the provided",
    "the given",
    "here is",
    "here's",
    "here are",
    "as an ai",
    "language model",
    "certainly",
    "of course",
    "commit message",
    "code snippet",
    "code changes",
    "the user",
    "i'm sorry",
    "i cannot",
    "i can't",
    "i have",
    "i've",
    "i will",
    "you can",
    "you should",
    "let me",
    "let's",
    "please",
    "no changes",
    "the diff",
    "based on",
    "it appears",
    "it seems",
    "appears to",
    "seems to",
    "imperative",
];

/// Ends of sentences that say what a change is good for: nothing in a change shows it.
const PURPOSES: &[&str] = &[
    " and improve",
    " properly",
    " correctly",
    " and enhance",
    " and ensure",
    " to provide better",
    " to support better",
    " more efficiently",
    " to improve ",
    " to enhance ",
    " to ensure ",
    " for better ",
    " for improved ",
    " for clarity",
    " for consistency",
    " for readability",
    " for easier ",
    ", improving ",
    ", ensuring ",
    ", enhancing ",
    " ensuring ",
    " improving ",
    " enhancing ",
    " in order to ",
    " to make it ",
    " to better ",
    " for maintainability",
    ", making ",
    " to fix ",
    " to prevent ",
    " to avoid ",
    " for testing",
];

/// Everything that the answers to one brief are compared with.
#[derive(Debug)]
pub struct Checks {
    evidence: Evidence,
    shape: Shape,
    frame: Frame,
    /// What the model was told, and is not to say back.
    instructions: String,
    examples: String,
    past: Vec<String>,
    tense: Tense,
}

impl Checks {
    /// For the answers to the prompts of one brief.
    pub fn of(brief: &Brief<'_>) -> Self {
        let facts = Facts::of(brief);
        Self {
            evidence: Evidence::of(brief.diff),
            shape: Shape::of(&facts, subject::tells(&facts)),
            frame: Frame::around(&facts, brief),
            instructions: format!("{}\n{}", prompt::SYSTEM, brief.wishes.instructions),
            examples: format!("{}\n{}", prompt::example_subjects(), brief.wishes.examples.join("\n")),
            past: brief.habits.descriptions.clone(),
            tense: brief.habits.tense,
        }
    }

    /// The subject that an answer gives. `cut`: the server stopped it. `typed`: the model was to choose a type.
    pub fn subject(&self, answer: &str, cut: bool, typed: bool) -> Result<String, Refusal> {
        let line = clean::line(answer, cut)?;
        let (own, description) =
            clean::typed(&line).map_or((None, line.as_str()), |(t, rest)| (Some(t), rest));
        // A type that nobody asked for is dropped: code decides it.
        self.framed(description, own.filter(|_| typed))
    }

    /// The subject that an answer in JSON gives. A server that knows no schema may have given a line instead.
    pub fn subject_in_json(&self, answer: &str, cut: bool, typed: bool) -> Result<String, Refusal> {
        let body = answer.trim().trim_start_matches("```json").trim_matches(['`', '\n', ' ']);
        if !body.starts_with('{') {
            return self.subject(answer, cut, typed);
        }
        let object: Value =
            serde_json::from_str(body).map_err(|_| if cut { Refusal::CutOff } else { Refusal::Markup })?;
        let text = object["subject"].as_str().ok_or(Refusal::Markup)?;
        let line = clean::line(text, false)?;
        let description = clean::typed(&line).map_or(line.as_str(), |(_, rest)| rest);
        self.framed(description, object["type"].as_str())
    }

    fn framed(&self, description: &str, chosen: Option<&str>) -> Result<String, Refusal> {
        if clean::typed(description).is_some() {
            return Err(Refusal::Type);
        }
        // Nor is an area in front of it the model's to choose.
        let area =
            description.split_once(": ").filter(|(head, rest)| !head.contains(' ') && rest.contains(' '));
        let description = area.map_or(description, |(_, rest)| rest);
        let other = match chosen {
            Some(name) if !self.frame.types.is_empty() => {
                Some(self.frame.with_type(name).ok_or(Refusal::Type)?)
            }
            _ => None,
        };
        let frame = other.as_ref().unwrap_or(&self.frame);
        let description = in_tense(&self.description(description, frame)?, self.tense, frame.room);
        let subject = frame.subject(&description).ok_or(Refusal::Effect)?;
        if !autocommit_secret::scan(b"", subject.as_bytes()).is_empty() {
            return Err(Refusal::Secret);
        }
        let sound = (1..=crate::subject::LIMIT).contains(&subject.chars().count())
            && subject.trim() == subject
            && !subject.chars().any(defuse::is_hidden);
        sound.then_some(subject).ok_or(Refusal::TooLong)
    }

    /// A description that may be used, shortened to its place.
    fn description(&self, text: &str, frame: &Frame) -> Result<String, Refusal> {
        let text = imperative(&without_purpose(text));
        if text.chars().count() > LONGEST {
            return Err(Refusal::TooLong);
        }
        let text = fitting(&text, frame.room, CUTS).ok_or(Refusal::TooLong)?;
        if text.contains(['#', '@']) || defuse::line(&text) != text {
            return Err(Refusal::Effect);
        }
        if text.contains(['{', '}', '<', '>', '|', '\\', '…', '\u{fffd}'])
            || text.contains("##")
            || text.contains("**")
        {
            return Err(Refusal::Markup);
        }
        // Arrows, boxes, pictures.
        if !text.chars().all(|c| c.is_alphanumeric() || c.is_ascii() || "‘’“”–".contains(c)) {
            return Err(Refusal::Markup);
        }
        let tokens = words::tokens(&text);
        if text.chars().count() < SHORTEST || tokens.len() < 2 {
            return Err(Refusal::TooShort);
        }
        self.is_about_the_change(&text)?;
        self.is_no_copy(&text)?;
        self.is_in_the_script(&text)?;
        repeats(&tokens)?;
        grounded::check(&tokens, &self.evidence)?;
        verbs::check(&tokens, &self.evidence)?;
        claims::check(&text, &tokens, &self.shape, &self.evidence)?;
        if !claims::says_more(&tokens, &self.shape, &self.evidence) {
            return Err(Refusal::Less);
        }
        Ok(text)
    }

    fn is_about_the_change(&self, text: &str) -> Result<(), Refusal> {
        let lower = text.to_lowercase();
        let talks = PROSE.iter().any(|phrase| lower.contains(phrase) && !self.evidence.says(phrase));
        let question = text.ends_with('?') || lower.starts_with("i ") || lower.starts_with("sure");
        (!talks && !question).then_some(()).ok_or(Refusal::Prose)
    }

    fn is_no_copy(&self, text: &str) -> Result<(), Refusal> {
        if echo::echoes(text, &self.instructions) {
            return Err(Refusal::EchoOfInstructions);
        }
        if echo::echoes(text, &self.examples) {
            return Err(Refusal::EchoOfExample);
        }
        if self.evidence.has_line(text) {
            return Err(Refusal::EchoOfChange);
        }
        if self.past.iter().any(|past| echo::nearly(text, past)) {
            return Err(Refusal::EchoOfHistory);
        }
        Ok(())
    }

    /// Letters of scripts that neither the repository's messages nor Latin have.
    fn is_in_the_script(&self, text: &str) -> Result<(), Refusal> {
        let known = |block: u32| self.past.iter().flat_map(|p| p.chars()).any(|c| script(c) == Some(block));
        let foreign = text.chars().filter_map(script).any(|block| block != 0 && !known(block));
        (!foreign).then_some(()).ok_or(Refusal::Script)
    }
}

/// The block of letters that one belongs to: 0 is Latin; nothing for what is no letter.
fn script(c: char) -> Option<u32> {
    if !c.is_alphabetic() {
        return None;
    }
    Some(match u32::from(c) {
        0..=0x24f | 0x1e00..=0x1eff => 0,
        // Chinese and Japanese share signs.
        0x2e80..=0x30ff | 0x31f0..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9f | 0x20000..=0x3ffff => 0x3000,
        0x1100..=0x11ff | 0x3130..=0x318f | 0xac00..=0xd7ff => 0xac00,
        0x400..=0x52f => 0x400,
        0x370..=0x3ff | 0x1f00..=0x1fff => 0x370,
        other => other & !0x7f,
    })
}

/// Without an end that says what the change is good for.
fn without_purpose(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let at = PURPOSES.iter().filter_map(|purpose| lower.find(purpose)).min();
    match at.map(|at| text[..at].trim_end_matches([' ', ','])) {
        Some(kept) if kept.split_whitespace().count() >= 3 => kept.to_owned(),
        _ => text.to_owned(),
    }
}

/// Begins with the verb as a command.
fn imperative(text: &str) -> String {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match vocabulary::imperative(first) {
        Some(verb) if !first.eq_ignore_ascii_case(verb) && !rest.is_empty() => format!("{verb} {rest}"),
        _ => text.to_owned(),
    }
}

/// The verb as the repository's people put theirs, where the sentence has one verb and there is room.
fn in_tense(text: &str, tense: Tense, room: usize) -> String {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let Some(verb) = vocabulary::imperative(first) else { return text.to_owned() };
    let others = rest.split(' ').zip(rest.split(' ').skip(1));
    let more =
        others.into_iter().any(|(before, word)| before == "and" && vocabulary::imperative(word).is_some());
    let told = format!("{} {rest}", crate::verbs::in_tense(verb, tense));
    if more || told.chars().count() > room { text.to_owned() } else { told }
}

/// The same word three times, or twice in a row.
fn repeats(tokens: &[Token]) -> Result<(), Refusal> {
    let words: Vec<String> = tokens.iter().map(|t| t.text.to_lowercase()).collect();
    let twice = words.windows(2).any(|pair| pair[0] == pair[1]);
    let often = tokens.iter().zip(&words).any(|(token, word)| {
        token.kind == Kind::Word && !words::is_stop(word) && words.iter().filter(|w| *w == word).count() >= 3
    });
    (!twice && !often).then_some(()).ok_or(Refusal::Repetition)
}
