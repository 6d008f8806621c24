//! Every bad answer on record, from a real server program on a real port: each ends in a valid message with its reason.

mod contract;
mod fake;

use autocommit_core::draft::{Diff, Draft, FileStatus, MessageSource, Wishes};
use autocommit_message::{
    Brief, Habits, MessageProvider as _, ProviderError, Refusal, draft_or_rules,
    providers::llm::{Condition, Constraint, Endpoint, Model, Recipe},
};
use contract::{breaches, file};
use fake::{Fake, Reply, STREAM, event, events, says, status, stream};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
/// A sentence that is true of the change.
const GOOD: &str = "add finally and retryLimit to PluginContainer";

/// A method that handles a failure, with a version beside it.
fn diff() -> Diff {
    let patch = "diff --git a/src/server/plugins.ts b/src/server/plugins.ts\n--- a/src/server/plugins.ts\n\
                 +++ b/src/server/plugins.ts\n@@ -40,3 +40,6 @@ class PluginContainer {\n\
                 -    await this.buildEnd()\n-    await this.closeBundle()\n-    return\n\
                 +    try {\n+      await this.buildEnd()\n+    } finally {\n\
                 +      await this.closeBundle()\n+    }\n+    const retryLimit = 3\n\
                 diff --git a/docs/guide.md b/docs/guide.md\n--- a/docs/guide.md\n+++ b/docs/guide.md\n\
                 @@ -1,0 +2,1 @@\n+The bundle is closed even when the build end fails.\n";
    Diff {
        files: vec![
            file("src/server/plugins.ts", FileStatus::Modified, 6, 3),
            file("docs/guide.md", FileStatus::Modified, 1, 0),
        ],
        patch: patch.as_bytes().to_vec(),
        ..Diff::default()
    }
}

fn endpoint(fake: &Fake) -> Endpoint {
    Endpoint { base_url: fake.base_url.clone(), model: "small".to_owned(), key: None, allow_host: None }
}

fn model(fake: &Fake, recipe: Recipe) -> Model {
    let model = Model::with_recipe(recipe);
    model.point(Some(endpoint(fake)));
    model
}

async fn draft(model: &Model, within: Duration) -> Result<Draft, ProviderError> {
    let (diff, habits, wishes) = (diff(), Habits::default(), Wishes::default());
    let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
    let whole = draft_or_rules(model, &brief, within).await;
    assert_eq!(breaches(&whole), Vec::<String>::new(), "{whole:#?}");
    if whole.source == MessageSource::Rules {
        let error = model.draft(&brief, within).await.expect_err("the rules wrote it");
        assert!(
            whole.reason.ends_with('.') && whole.reason.starts_with("Written by rules. "),
            "{}",
            whole.reason
        );
        return Err(error);
    }
    Ok(whole)
}

/// The error of one answer that is given again and again.
async fn refused(answer: &str) -> ProviderError {
    let fake = Fake::new(vec![says(answer)]);
    draft(&model(&fake, Recipe::default()), SOON).await.expect_err(answer)
}

#[tokio::test]
async fn a_good_answer_is_used() {
    let fake = Fake::new(vec![says(GOOD)]);
    let model = model(&fake, Recipe::default());
    let draft = draft(&model, SOON).await.expect("a message");
    assert_eq!(draft.subject, "Add finally and retryLimit to PluginContainer");
    assert_eq!(draft.source, MessageSource::Llm);
    assert!(draft.reason.starts_with("Written by small in "), "{}", draft.reason);
    assert!(draft.prompt.expect("a prompt").contains("src/server/plugins.ts"));
    assert_eq!(model.state().condition, Condition::Ready);
    let asked = fake.asked();
    assert!(asked[0].starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[0].contains("\"stream\":true") && !asked[0].to_lowercase().contains("authorization"));
}

#[tokio::test]
async fn the_same_change_is_asked_about_once() {
    let fake = Fake::new(vec![says(GOOD), status("500 No", "")]);
    let model = model(&fake, Recipe::default());
    let first = draft(&model, SOON).await.expect("a message");
    let second = draft(&model, SOON).await.expect("a message");
    assert_eq!(first.subject, second.subject);
    assert_eq!(second.reason, "Written by small for the same change before.");
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn answers_that_hide_a_good_line() {
    for answer in [
        "<think>\n\n</think>\n\nadd finally and retryLimit to PluginContainer",
        "They want a line.</think>\nadd finally and retryLimit to PluginContainer",
        "```\nadd finally and retryLimit to PluginContainer\n```",
        "{\"subject\": \"add finally and retryLimit to PluginContainer\"}",
        "```json\n{\"subject\": \"add finally and retryLimit to PluginContainer\"}\n```",
        "add finally and retryLimit to PluginContainer\n```",
        "Commit message: \"Adds finally and retryLimit to PluginContainer.\"",
        "feat(server): add finally and retryLimit to PluginContainer",
        "plugins: add finally and retryLimit to PluginContainer",
        "add finally and retryLimit to PluginContainer\n\nThis commit adds a try block.",
        "add finally and retryLimit to PluginContainer to improve reliability",
    ] {
        let fake = Fake::new(vec![says(answer)]);
        let draft = draft(&model(&fake, Recipe::default()), SOON).await.expect(answer);
        assert!(
            draft.subject.ends_with("dd finally and retryLimit to PluginContainer"),
            "{answer}: {}",
            draft.subject
        );
    }
}

#[tokio::test]
async fn every_bad_answer_on_record() {
    use Refusal::*;
    for (answer, why) in [
        ("", Empty),
        ("\n\n \n", Empty),
        ("<think>\nThe user wants a commit message for", Thinking),
        ("```\n```", Markup),
        ("{\"type\": \"fix\", \"message\": \"close the bundle\"}", Markup),
        ("{\"subject\": \"rename buildEnd to endBuild\"}", Name),
        ("{\"subject\": \"add closeBundle met", Markup),
        ("<html><body>502 Bad Gateway</body></html>", Markup),
        ("The provided code snippet appears to be a class that closes the bundle", Prose),
        ("This commit closes the bundle when buildEnd fails", Prose),
        ("Sure, I can close the bundle for buildEnd", Prose),
        ("Write a concise subject line for the bundle please", Prose),
        ("I'm sorry, but I cannot write that", Prose),
        ("update code", Nothing),
        ("update files and improve the code", Nothing),
        ("fix the issue", Nothing),
        ("fix", TooShort),
        ("feat(server.ts): add port constant to server.ts", File),
        ("add port constant PORT_NUMBER to the server", Name),
        ("close the bundle in pluginContainer.ts", File),
        ("close the bundle after 5 tries", Number),
        ("update the bundle from 1.2.0 to 1.3.0", Number),
        ("refactor authentication of web socket users", Unrelated),
        ("add closeBundle method", NotAdded),
        ("add buildEnd and closeBundle", NotAdded),
        ("remove the plugins.ts file", NotRemoved),
        ("remove retryLimit from the plugin container", NotRemoved),
        ("rename buildEnd to endBuild", Name),
        ("move closeBundle into plugins", NotRenamed),
        ("revert closing the bundle", Claim),
        ("close close close bundle bundle bundle", Repetition),
        ("closes #12 when the build end fails", Effect),
        ("close the bundle when buildEnd fails @octocat", Name),
        ("close the bundle [skip ci]", Effect),
        ("close the bundle, see https://evil.example/x", Effect),
        ("Signed-off-by: build end <a@b.c>", Markup),
        ("关闭构建失败后的 bundle", Script),
        ("Закрыть bundle при ошибке buildEnd", Script),
        ("The bundle is closed even when the build end fails.", EchoOfChange),
        ("say what is different after the change in one line of 4 to 10 words", EchoOfInstructions),
        ("remove coupons from the cart", EchoOfExample),
        ("await this.buildEnd()", EchoOfChange),
    ] {
        let error = refused(answer).await;
        let listed = ["close the bundle when buildEnd fails @", "Signed-off"];
        if listed.iter().any(|start| answer.starts_with(start)) {
            assert!(matches!(error, ProviderError::Unusable(_)), "{answer}: {error:?}");
        } else {
            assert_eq!(error, ProviderError::Unusable(why), "{answer}");
        }
    }
    assert_eq!(refused(&"close the bundle ".repeat(800)).await, ProviderError::Unusable(CutOff));
}

#[tokio::test]
async fn a_secret_in_an_answer() {
    let token = ["gh", "p_", "q8Zt4LmXv2RkW9sBn", "7YhJc3PdF6gTe5QaUoK"].concat();
    let answer = format!("close the bundle with {token}");
    assert!(matches!(refused(&answer).await, ProviderError::Unusable(_)));
}

#[tokio::test]
async fn a_second_try_is_enough_and_there_is_no_third() {
    let fake = Fake::new(vec![says("add closeBundle method"), says(GOOD)]);
    let written = draft(&model(&fake, Recipe::default()), SOON).await.expect("a message");
    assert_eq!(written.subject, "Add finally and retryLimit to PluginContainer");
    assert!(fake.asked()[1].contains("Nothing of that name is new."));
    let fake = Fake::new(vec![says("update code"), says("update files"), says(GOOD)]);
    assert!(draft(&model(&fake, Recipe::default()), SOON).await.is_err());
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn streams_that_are_not_as_they_should_be() {
    let piece = |text: &str| event(&json!({"choices": [{"delta": {"content": text}}]}));
    let end = event(&json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}));
    let whole = json!({"choices": [{"message": {"content": GOOD}, "finish_reason": "stop"}]}).to_string();
    for (name, reply) in [
        ("no [DONE]", stream(piece(GOOD) + &end)),
        ("no reason", stream(piece(GOOD) + "data: [DONE]\n\n")),
        (
            "carriage returns and comments",
            stream(events(GOOD, "stop").replace("\n\n", "\r\n\r\n: ping\r\n\r\n")),
        ),
        (
            "a broken event",
            stream(
                piece("add finally ")
                    + "data: {\"choi\n\n"
                    + &piece("and retryLimit to PluginContainer")
                    + &end,
            ),
        ),
        (
            "reasoning apart",
            stream(
                event(&json!({"choices": [{"delta": {"reasoning_content": "hm"}}]})) + &piece(GOOD) + &end,
            ),
        ),
        ("no stream", status("200 OK", &whole)),
    ] {
        let fake = Fake::new(vec![reply]);
        let written = draft(&model(&fake, Recipe::default()), SOON).await;
        assert_eq!(
            written.map(|d| d.subject),
            Ok("Add finally and retryLimit to PluginContainer".to_owned()),
            "{name}"
        );
    }
    let long = "x".repeat(10 * 1024 * 1024);
    for (name, reply, expected) in [
        ("it breaks off", stream(piece("close the bundle even")), ProviderError::Broken),
        ("nothing", stream(""), ProviderError::Broken),
        ("a page", status("200 OK", "<!doctype html><p>Welcome"), ProviderError::NotAModel),
        (
            "an error within",
            stream(piece("close") + &event(&json!({"error": {"message": "no"}}))),
            ProviderError::Refused(500),
        ),
        ("an error as text", stream(event(&json!({"error": "no"}))), ProviderError::Refused(500)),
        ("length", stream(events(GOOD, "length")), ProviderError::Unusable(Refusal::CutOff)),
        ("10 MB", stream(&long), ProviderError::Unusable(Refusal::Empty)),
        ("10 MB of text", stream(piece(&long)), ProviderError::NotAModel),
    ] {
        let fake = Fake::new(vec![reply]);
        let came = draft(&model(&fake, Recipe::default()), SOON).await;
        match name {
            "10 MB" | "10 MB of text" => assert!(came.is_err(), "{name}: {came:?}"),
            _ => assert_eq!(came, Err(expected), "{name}"),
        }
    }
}

#[tokio::test]
async fn statuses() {
    let overflow = json!({"error": {"code": 400, "type": "exceed_context_size_error"}}).to_string();
    for (reply, expected) in [
        (status("401 No", ""), ProviderError::Key),
        (
            status("404 No", "{\"error\":{\"message\":\"model 'small' not found\"}}"),
            ProviderError::NoSuchModel,
        ),
        (status("500 No", "<html>"), ProviderError::Refused(500)),
        (status("302 Away\r\nLocation: http://127.0.0.1:1/", ""), ProviderError::Refused(302)),
        (status("400 No", &overflow), ProviderError::TooLong),
        (status("400 No", "\"no\""), ProviderError::Refused(400)),
        (status("503 No", "{\"error\":{\"message\":\"Loading model\"}}"), ProviderError::Loading),
    ] {
        let fake = Fake::new(vec![reply]);
        assert_eq!(draft(&model(&fake, Recipe::default()), SOON).await, Err(expected));
    }
}

#[tokio::test]
async fn what_a_server_does_not_understand_is_asked_once() {
    let json = json!({ "subject": GOOD }).to_string();
    let fake = Fake::new(vec![status("400 No", "{\"error\":\"response_format\"}"), says(&json), says(&json)]);
    let model = model(&fake, Recipe { constraint: Constraint::Schema, ..Recipe::default() });
    assert!(draft(&model, SOON).await.is_ok());
    let asked = fake.asked();
    assert!(asked[0].contains("response_format") && !asked[1].contains("response_format"));
    let other = Diff { files: vec![file("src/buildEnd.ts", FileStatus::Modified, 6, 3)], ..diff() };
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff: &other, habits: &habits, branch: None, wishes: &wishes };
    model.ask(&brief, SOON).await.expect("a message");
    assert!(!fake.asked()[2].contains("response_format"));
}

#[tokio::test]
async fn a_change_that_is_too_long_is_shortened_once() {
    let overflow = json!({"error": {"code": 400, "type": "exceed_context_size_error"}}).to_string();
    let fake = Fake::new(vec![status("400 No", &overflow), says(GOOD)]);
    let many = (0..200).map(|n| format!("+    call_of_buildEnd_number_{n}(bundle)\n")).collect::<String>();
    let patch = format!("diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1,0 +2,200 @@\n{many}");
    let diff = Diff {
        files: vec![file("a.ts", FileStatus::Modified, 200, 0)],
        patch: patch.into_bytes(),
        ..Diff::default()
    };
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
    let came = model(&fake, Recipe::default()).draft(&brief, SOON).await;
    assert!(!matches!(came, Err(ProviderError::TooLong)), "{came:?}");
    assert!(fake.asked()[1].len() < fake.asked()[0].len());
}

#[tokio::test]
async fn loading_is_no_failure_and_a_rest_comes_after_three() {
    let fake = Fake::new(vec![status("503 No", "{}")]);
    let waiting = model(&fake, Recipe::default());
    for _ in 0..5 {
        assert_eq!(draft(&waiting, SOON).await, Err(ProviderError::Loading));
    }
    assert_eq!(waiting.state().condition, Condition::Loading);
    assert_eq!(fake.asked().len(), 1, "it is left alone for a few seconds");

    let fake = Fake::new(vec![status("500 No", "")]);
    let failing = model(&fake, Recipe::default());
    for _ in 0..5 {
        assert!(draft(&failing, SOON).await.is_err());
    }
    assert_eq!(fake.asked().len(), 3);
    assert!(matches!(failing.state().condition, Condition::Resting(_)));
    assert!(failing.state().sentence.ends_with("status 500."), "{}", failing.state().sentence);
    failing.point(Some(Endpoint { model: "other".to_owned(), ..endpoint(&fake) }));
    assert_eq!(failing.state().condition, Condition::Unknown, "another model is another chance");
}

#[tokio::test]
async fn slow_answers_end_in_time_and_the_server_is_told() {
    let piece = event(&json!({"choices": [{"delta": {"content": "close the bundle"}}]}));
    for stalled in [String::new(), STREAM.to_owned(), format!("{STREAM}{piece}")] {
        let fake = Fake::new(vec![Reply::Stall(stalled.into_bytes())]);
        let model = model(&fake, Recipe::default());
        let (diff, habits, wishes) = (diff(), Habits::default(), Wishes::default());
        let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
        let came = model.ask(&brief, Duration::from_millis(300)).await;
        assert!(matches!(came, Err(ProviderError::TooSlow(_))), "{came:?}");
        assert!(fake.was_hung_up().await);
    }
}

#[tokio::test]
async fn dropping_the_future_hangs_up() {
    let fake = Fake::new(vec![Reply::Stall(STREAM.into())]);
    let model = model(&fake, Recipe::default());
    model.cycle(Duration::from_secs(100));
    let (diff, habits, wishes) = (diff(), Habits::default(), Wishes::default());
    let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
    let left = tokio::time::timeout(Duration::from_millis(300), model.draft(&brief, SOON)).await;
    assert!(left.is_err(), "{left:?}");
    assert!(fake.was_hung_up().await);
}

#[tokio::test]
async fn nobody_is_asked_who_should_not_be() {
    let fake = Fake::new(vec![says(GOOD)]);
    let model = Model::default();
    assert_eq!(draft(&model, SOON).await, Err(ProviderError::NoModel));
    assert_eq!(model.state().condition, Condition::Off);
    let port = fake.base_url.rsplit(':').next().expect("a port").to_owned();
    let elsewhere = Endpoint { base_url: format!("http://box.lan:{port}"), ..endpoint(&fake) };
    model.point(Some(elsewhere));
    assert_eq!(draft(&model, SOON).await, Err(ProviderError::NotAllowed("box.lan".to_owned())));
    model.point(Some(Endpoint { base_url: format!("https://127.0.0.1:{port}"), ..endpoint(&fake) }));
    assert_eq!(draft(&model, SOON).await, Err(ProviderError::Address));
    model.point(Some(endpoint(&fake)));
    let (habits, wishes) = (Habits::default(), Wishes { rules_only: true, ..Wishes::default() });
    let whole = diff();
    let brief = Brief { diff: &whole, habits: &habits, branch: None, wishes: &wishes };
    assert_eq!(model.draft(&brief, SOON).await, Err(ProviderError::RulesOnly));
    let wishes = Wishes::default();
    for trivial in [
        vec![file("Cargo.lock", FileStatus::Modified, 3, 3)],
        vec![file("b.txt", FileStatus::Renamed { from: "a.txt".into() }, 0, 0)],
        vec![file("run.sh", FileStatus::ModeChanged { executable: true }, 0, 0)],
        vec![file(".env", FileStatus::Modified, 2, 1)],
        Vec::new(),
    ] {
        let diff = Diff { files: trivial, patch: Vec::new(), ..Diff::default() };
        let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
        assert_eq!(model.draft(&brief, SOON).await, Err(ProviderError::Trivial), "{diff:?}");
    }
    model.cycle(Duration::from_millis(10));
    assert_eq!(draft(&model, SOON).await, Err(ProviderError::OverBudget));
    assert_eq!(fake.asked(), Vec::<String>::new());
    model.cycle(Duration::from_secs(45));
    assert!(draft(&model, SOON).await.is_ok());
}
