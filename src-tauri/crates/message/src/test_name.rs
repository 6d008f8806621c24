//! Lines that begin a test.

/// Whether a line names a test of one of the usual frameworks.
pub(crate) fn opens(line: &str) -> bool {
    let text = line.trim_start();
    let attribute = text.strip_prefix("#[").map(|t| t.split(['(', ']']).next().unwrap_or_default());
    attribute.is_some_and(|a| a == "test" || a.ends_with("::test"))
        || ["def test_", "async def test_", "func Test", "it(\"", "it('", "test(\"", "test('", "@Test"]
            .iter()
            .any(|start| text.starts_with(start))
}
