//! The key of a server that was named without one: asked for only where the server wants it, for that server alone, and not
//! kept.

mod contract;
mod fake;

use autocommit_core::draft::{Diff, Draft, FileStatus, Wishes};
use autocommit_message::{
    Brief, Habits, ProviderError,
    providers::llm::{Endpoint, KeyOf, Keys, Model, ModelState},
};
use contract::file;
use fake::{Fake, Reply, says, status};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

const SOON: Duration = Duration::from_secs(20);
const ANSWER: &str = "add finally and retryLimit to PluginContainer";

/// Keys by server, and who was looked up.
#[derive(Default)]
struct Ring {
    keys: Mutex<HashMap<String, Result<String, String>>>,
    looked_up: Mutex<Vec<String>>,
}

impl Ring {
    fn put(&self, base_url: &str, key: Result<&str, &str>) {
        let server = base_url.trim_start_matches("http://").to_owned();
        self.keys.lock().expect("lock").insert(server, key.map(str::to_owned).map_err(str::to_owned));
    }

    fn looked_up(&self) -> usize {
        self.looked_up.lock().expect("lock").len()
    }
}

impl Keys for Ring {
    fn key<'a>(&'a self, server: &'a str) -> KeyOf<'a> {
        self.looked_up.lock().expect("lock").push(server.to_owned());
        let found = self.keys.lock().expect("lock").get(server).cloned();
        Box::pin(async move { found.unwrap_or_else(|| Err("There is none.".to_owned())) })
    }
}

fn wants_key() -> Reply {
    status("401 Unauthorized", "{}")
}

fn endpoint(fake: &Fake) -> Endpoint {
    Endpoint { base_url: fake.base_url.clone(), model: "small".to_owned(), key: None, allow_host: None }
}

fn model(fake: &Fake, ring: &Arc<Ring>) -> Model {
    let ring: Arc<dyn Keys> = Arc::<Ring>::clone(ring);
    let model = Model::default().with_keys(ring);
    model.point(Some(endpoint(fake)));
    model
}

/// Asks about a change that nobody asked about before.
async fn ask(model: &Model, limit: u32) -> Result<Draft, ProviderError> {
    let patch = format!(
        "diff --git a/src/server/plugins.ts b/src/server/plugins.ts\n--- a/src/server/plugins.ts\n\
         +++ b/src/server/plugins.ts\n@@ -40,3 +40,6 @@ class PluginContainer {{\n\
         -    await this.buildEnd()\n-    await this.closeBundle()\n-    return\n\
         +    try {{\n+      await this.buildEnd()\n+    }} finally {{\n\
         +      await this.closeBundle()\n+    }}\n+    const retryLimit = {limit}\n"
    );
    let files = vec![file("src/server/plugins.ts", FileStatus::Modified, 6, 3)];
    let diff = Diff { files, patch: patch.into_bytes(), ..Diff::default() };
    let (habits, wishes) = (Habits::default(), Wishes::default());
    let brief = Brief { diff: &diff, habits: &habits, branch: None, wishes: &wishes };
    model.ask(&brief, SOON).await
}

/// The key that each request carried.
fn keys_in(fake: &Fake) -> Vec<Option<String>> {
    let key = |asked: String| {
        let line = asked.lines().find(|line| line.to_lowercase().starts_with("authorization:"))?.to_owned();
        Some(line.rsplit(' ').next().unwrap_or_default().to_owned())
    };
    fake.asked().into_iter().map(key).collect()
}

#[tokio::test]
async fn the_key_is_looked_up_when_the_server_wants_one() {
    let fake = Fake::new(vec![wants_key(), says(ANSWER)]);
    let ring = Arc::new(Ring::default());
    ring.put(&fake.base_url, Ok("k-e-y"));
    let model = model(&fake, &ring);
    ask(&model, 30).await.expect("a message");
    let key = Some("k-e-y".to_owned());
    assert_eq!(keys_in(&fake), [None, key.clone()]);
    // The server is not asked in vain again; the key is, because nobody kept it.
    ask(&model, 40).await.expect("a message");
    assert_eq!(keys_in(&fake), [None, key.clone(), key]);
    assert_eq!(ring.looked_up(), 2);
    assert!(!format!("{model:?}").contains("k-e-y"));
}

#[tokio::test]
async fn who_wants_none_has_none_looked_up() {
    let fake = Fake::new(vec![says(ANSWER)]);
    let ring = Arc::new(Ring::default());
    ring.put(&fake.base_url, Ok("k-e-y"));
    ask(&model(&fake, &ring), 30).await.expect("a message");
    assert_eq!((keys_in(&fake), ring.looked_up()), (vec![None], 0));
    // A key that was named with the server is the one that counts, also where it is wrong.
    let fake = Fake::new(vec![wants_key()]);
    ring.put(&fake.base_url, Ok("k-e-y"));
    let model = model(&fake, &ring);
    model.point(Some(Endpoint { key: Some("named".to_owned()), ..endpoint(&fake) }));
    assert_eq!(ask(&model, 30).await, Err(ProviderError::Key));
    assert_eq!((keys_in(&fake), ring.looked_up()), (vec![Some("named".to_owned())], 0));
}

#[tokio::test]
async fn a_key_goes_to_its_own_server_only() {
    let (own, other) = (Fake::new(vec![wants_key(), says(ANSWER)]), Fake::new(vec![wants_key()]));
    let ring = Arc::new(Ring::default());
    ring.put(&own.base_url, Ok("k-e-y"));
    let model = model(&own, &ring);
    ask(&model, 30).await.expect("a message");
    model.point(Some(endpoint(&other)));
    assert_eq!(ask(&model, 40).await, Err(ProviderError::NoKey("There is none.".to_owned())));
    assert_eq!(keys_in(&other), [None, None]);
}

#[tokio::test]
async fn a_keyring_of_no_use_is_said_and_the_model_left_alone() {
    let fake = Fake::new(vec![wants_key()]);
    let ring = Arc::new(Ring::default());
    ring.put(&fake.base_url, Err("The system keyring is locked."));
    let model = model(&fake, &ring);
    let error = ask(&model, 30).await.expect_err("no key");
    let said = "The language model's server wants an API key. The system keyring is locked.";
    assert_eq!(error.to_string(), said);
    let ModelState { sentence, .. } = model.state();
    assert_eq!(sentence, said);
    for limit in 31..34 {
        ask(&model, limit).await.expect_err("no key");
    }
    let asked = format!("{:?}", model.state());
    assert!(asked.contains("Resting"), "{asked}");
    // Once it is there, it is used without a word.
    ring.put(&fake.base_url, Ok("k-e-y"));
    let _ = ask(&model, 50).await;
    assert_eq!(keys_in(&fake).last().expect("it is there").as_deref(), Some("k-e-y"));
}

#[tokio::test]
async fn a_server_that_wants_none_any_more_is_asked_without() {
    let fake = Fake::new(vec![wants_key(), wants_key(), says(ANSWER)]);
    let ring = Arc::new(Ring::default());
    let model = model(&fake, &ring);
    assert!(matches!(ask(&model, 30).await, Err(ProviderError::NoKey(_))));
    ask(&model, 40).await.expect("a message");
    assert_eq!(keys_in(&fake), [None, None, None]);
}

#[tokio::test]
async fn a_named_key_goes_where_no_redirect_leads_and_is_not_shown() {
    let fake = Fake::new(vec![status("302 Away", ""), says(ANSWER)]);
    let model = Model::default();
    let secret = Endpoint { key: Some("k-e-y".to_owned()), ..endpoint(&fake) };
    assert!(!format!("{secret:?}").contains("k-e-y"));
    model.point(Some(secret));
    assert_eq!(ask(&model, 30).await, Err(ProviderError::Refused(302)));
    assert_eq!(keys_in(&fake), [Some("k-e-y".to_owned())]);
    assert!(!format!("{model:?}").contains("k-e-y"));
}
