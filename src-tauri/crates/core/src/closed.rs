//! Closed lists: what walks all variants of a type must not compile once a variant is missing in it.

/// An array of all variants of a type without data; one that is left out does not compile.
#[macro_export]
macro_rules! all_variants {
    ($type:ident: $($variant:ident),+ $(,)?) => {{
        const _: fn($type) = |one| match one {
            $($type::$variant => ()),+
        };
        [$($type::$variant),+]
    }};
}

/// A vector with one value of each variant of a type: `pattern => value`. A pattern that is left out does not compile.
macro_rules! one_of_each {
    ($type:ident: $($pattern:pat => $value:expr),+ $(,)?) => {{
        let _: fn(&$type) = |one| match one {
            $($pattern => ()),+
        };
        vec![$($value),+]
    }};
}

pub(crate) use one_of_each;
