//! The providers, one file each.

pub mod rules;
