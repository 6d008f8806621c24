//! The providers, one file each.

pub mod llm;
pub mod rules;
