//! Lines that begin a test.

/// Whether a line names a test of one of the usual frameworks.
pub(crate) fn opens(line: &str) -> bool {
    let text = line.trim_start();
    let attribute = text.strip_prefix("#[").map(|t| t.split(['(', ']']).next().unwrap_or_default());
    attribute.is_some_and(|a| a == "test" || a.ends_with("::test"))
        || text.strip_prefix("@Test").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        || text.strip_prefix("func Test").is_some_and(|rest| !rest.starts_with("Main("))
        || ["def test_", "async def test_"].iter().any(|start| text.starts_with(start))
        || ["it", "test"].iter().filter_map(|word| text.strip_prefix(word)).any(|rest| {
            // `test.skip(isMobile)` within a test begins none.
            let named =
                ["", ".only", ".skip", ".concurrent"].iter().filter_map(|word| rest.strip_prefix(word));
            rest.starts_with(".each") || {
                let mut named = named;
                named.any(|rest| ["(\"", "('", "(`"].iter().any(|start| rest.starts_with(start)))
            }
        })
}
