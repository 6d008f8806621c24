//! What a page or a program may change of the settings over HTTP: what a person keeps back may only become more, and work
//! goes nowhere else. The rest is asked in the window of the process itself or written into the file.

use crate::{
    ApiError, Code, Configuration, Context,
    wire::{Setting, SettingProblem, SettingsReply},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

const WHY: &str = "can be loosened only in the window of the Autocommit that runs, or in the file";

/// The same context, whose settings cannot be loosened.
pub(super) fn tightened(context: Context) -> Context {
    Context { configuration: Arc::new(Tightened(context.configuration)), ..context }
}

struct Tightened(Arc<dyn Configuration>);

impl Configuration for Tightened {
    fn read(&self) -> SettingsReply {
        self.0.read()
    }

    fn change(&self, changes: &BTreeMap<String, Value>, check_only: bool) -> Result<SettingsReply, ApiError> {
        let now = self.0.read();
        let settings = || now.groups.iter().flat_map(|group| &group.settings);
        let has_key = settings().any(|setting| setting.key == "llm.api_key_env" && !setting.value.is_null());
        let looser = |setting: &&Setting| {
            let wanted = changes.get(&setting.key);
            let wanted = wanted.map(|value| if value.is_null() { &setting.default } else { value });
            wanted.is_some_and(|wanted| loosens(setting, wanted, has_key))
        };
        let problems: Vec<_> = settings()
            .filter(looser)
            .map(|setting| SettingProblem {
                key: Some(setting.key.clone()),
                message: format!("{} {WHY}.", setting.name),
            })
            .collect();
        match problems.first() {
            None => self.0.change(changes, check_only),
            Some(first) => {
                let message = first.message.clone();
                Err(ApiError { problems, ..ApiError::new(Code::WrongSettings, message) })
            }
        }
    }
}

/// Whether something would be committed or sent that is kept back now, or would go elsewhere.
fn loosens(setting: &Setting, wanted: &Value, has_key: bool) -> bool {
    if *wanted == setting.value {
        return false;
    }
    match setting.key.as_str() {
        "git_remote" => true,
        // The key would go to another server with it.
        "llm.base_url" => has_key,
        "guards.secrets" => wanted.as_str() != Some("hold"),
        key if key.starts_with("guards.") => match (wanted.as_f64(), setting.value.as_f64()) {
            (Some(wanted), Some(now)) => wanted > now,
            // What is no number at all is refused by its type.
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::settings::Layered;
    use serde_json::json;
    use std::path::Path;

    struct Taken;

    impl Configuration for Taken {
        fn read(&self) -> SettingsReply {
            let mut layered = Layered::default();
            let text = "[guards]\nmax_new_files = 10\n[llm]\napi_key_env = \"KEY\"\n";
            layered.file(Path::new("config.toml"), text).unwrap();
            SettingsReply::new(&layered.keys(), Path::new("config.toml"), true, Vec::new())
        }

        fn change(&self, _: &BTreeMap<String, Value>, _: bool) -> Result<SettingsReply, ApiError> {
            Ok(self.read())
        }
    }

    #[test]
    fn over_http_what_is_kept_back_only_becomes_more() {
        let configuration = Tightened(Arc::new(Taken));
        for (key, value, may) in [
            ("guards.secrets", json!("warn"), false),
            ("guards.secrets", json!("hold"), true),
            ("guards.secrets", json!(null), true),
            ("guards.max_new_files", json!(11), false),
            ("guards.max_new_files", json!(null), false),
            ("guards.max_new_files", json!(10), true),
            ("guards.max_new_files", json!(1), true),
            ("guards.max_file_mib", json!(1_000_000), false),
            ("guards.mass_delete_percent", json!(100), false),
            ("git_remote", json!("elsewhere"), false),
            ("git_remote", json!("origin"), true),
            ("llm.base_url", json!("http://127.0.0.1:9"), false),
            ("push", json!(false), true),
            ("repos_base_paths", json!(["~/code"]), true),
        ] {
            for check_only in [true, false] {
                let changed =
                    configuration.change(&BTreeMap::from([(key.to_owned(), value.clone())]), check_only);
                assert_eq!(changed.is_ok(), may, "{key} = {value}");
                if let Err(error) = changed {
                    assert_eq!(error.code, Code::WrongSettings);
                    assert_eq!(error.problems[0].key.as_deref(), Some(key));
                }
            }
        }
        let both = BTreeMap::from([("push".into(), json!(false)), ("git_remote".into(), json!("x"))]);
        assert_eq!(configuration.change(&both, false).unwrap_err().problems.len(), 1, "all or nothing");
    }

    #[test]
    fn every_guard_is_one_that_can_be_compared() {
        let keys = Taken.read().groups.into_iter().flat_map(|group| group.settings);
        for setting in keys.filter(|setting| setting.key.starts_with("guards.")) {
            assert!(setting.key == "guards.secrets" || setting.value.is_number(), "{}", setting.key);
        }
    }
}
