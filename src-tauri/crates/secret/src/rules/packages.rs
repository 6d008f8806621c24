//! Registries of packages and images.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("npm-token", "an npm token", &["npm_"], r"npm_[A-Za-z0-9]{36}"),
    token("npmrc-login", "a login of a package registry", &["_authToken", "_password", "_auth", "npmAuthToken", "npmAuthIdent"], r#"(?:_authToken|_password|_auth|npmAuthToken|npmAuthIdent)["']?[ \t]{0,4}[=:][ \t]{0,4}["']?(?<s>[A-Za-z0-9+/=._:-]{8,400})"#).text_only(),
    token("pypi-token", "a PyPI token", &["pypi-AgE"], r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    token("rubygems-key", "a RubyGems key", &["rubygems_"], r"rubygems_[0-9a-f]{48}"),
    token("crates-io-token", "a crates.io token", &["cio"], r"cio[A-Za-z0-9]{32}"),
    token("nuget-key", "a NuGet key", &["oy2"], r"oy2[a-z0-9]{43}"),
    token("docker-token", "a Docker Hub token", &["dckr_pat_", "dckr_oat_"], r"dckr_[po]at_[A-Za-z0-9_-]{27,32}"),
    token("docker-login", "a login of a container registry", &["\"auth\""], r#""auth"[ \t]{0,4}:[ \t\r\n]{0,4}"(?<s>[A-Za-z0-9+/]{16,2000}={0,2})""#).window(2100).open().check(crate::encoding::is_login),
    token("artifactory-key", "an Artifactory key", &["AKCp"], r"AKCp[A-Za-z0-9]{69,70}"),
    token("artifactory-token", "an Artifactory reference token", &["cmVmdGtu"], r"cmVmdGtu[A-Za-z0-9]{56}"),
    token("clojars-token", "a Clojars token", &["CLOJARS_"], r"CLOJARS_[a-z0-9]{60}"),
    token("packagist-token", "a Packagist token", &["packagist_"], r"packagist_(?:org|out|uut|ort)_[0-9a-f]{60,72}"),
    token("open-vsx-token", "an Open VSX token", &["ovsxp_", "ovsxat_"], r"ovsx(?:p|at)_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("deno-token", "a Deno token", &["ddp_", "ddw_", "ddo_"], r"dd[pwo]_[A-Za-z0-9]{36}"),
    token("jsr-token", "a JSR token", &["jsrp_", "jsrt_"], r"jsr[pt]_[A-Za-z0-9]{32,64}"),
    token("expo-token", "an Expo token", &["expo_token", "expo_access_token"], r#"(?i:expo_(?:access_)?token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9_-]{40})"#).any_case(),
    token("nuget-clear-password", "a NuGet feed password", &["ClearTextPassword"], r#"ClearTextPassword["'][ \t]{1,4}value[ \t]{0,2}=[ \t]{0,2}["'](?<s>[^"'%<>{}\s]{8,200})["']"#).any_case().open(),
];
