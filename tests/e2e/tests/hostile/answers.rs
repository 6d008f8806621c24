//! Answers of a model that was told to do harm.

use autocommit_e2e::arg;
use autocommit_test_support::{
    Sandbox,
    hostile::{assert_harmless, corpus, without_colours},
    servers::{FakeLlm, Script},
};

#[test]
fn whatever_a_model_answers_is_harmless_in_the_commit_and_on_the_terminal() {
    let sandbox = Sandbox::new();
    let model = FakeLlm::new(Script::Says(String::new()));
    let config = sandbox.config().set("http.enabled", false).set("llm.enabled", true);
    sandbox.write_config(&config.set("llm.base_url", model.url()).set("llm.llama_model_id", FakeLlm::MODEL));
    let repo = sandbox.repo("app");
    for (n, text) in corpus().texts.iter().enumerate() {
        // Now with the model's whole answer, now with what could be the subject of one.
        model.follow(Script::Says(if n % 2 == 0 {
            text.to_string()
        } else {
            format!("cap the delay {}", &**text)
        }));
        sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay\n");
        sandbox.commit(&repo, "Start again");
        // A change that rules do not tell every line of.
        sandbox.write(
            &repo,
            "retry.py",
            format!("def retry(delay):\n    # cap\n    return min(delay, {n})\n"),
        );
        let asked = model.asked().len();
        let shown = sandbox.on_terminal(100, &["message", "--explain", "--", arg(&repo)]);
        assert_harmless("a message", &without_colours(&shown));
        let _ = sandbox.autocommit(&["once", arg(&repo)]).ok();
        assert!(model.asked().len() > asked, "the model was asked: {n}: {shown}");
        let message = sandbox.git(&repo, &["log", "-1", "--format=%B"]);
        assert_harmless("a commit", &message);
        for word in ["[skip ci]", "Signed-off-by", "Closes #", "<b>", "<img", "<script"] {
            assert!(!message.contains(word), "{word} of a model in {message:?}");
        }
    }
}
