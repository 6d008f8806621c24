//! Monitoring, logs, error reports, feature flags, analytics.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("sentry-token", "a Sentry token", &["sntrys_", "sntryu_", "sntrya_"], r"(?:sntrys_[A-Za-z0-9+/=_-]{60,400}|sntry[ua]_[0-9a-f]{64})").open(),
    token("newrelic-key", "a New Relic key", &["NRAK-", "NRJS-", "NRIQ-", "NRII-", "NRRA-"], r"NR(?:AK|JS|IQ|II|RA)-[A-Za-z0-9_-]{19,42}"),
    token("newrelic-license", "a New Relic license key", &["NRAL"], r"[0-9a-f]{36}NRAL").before(36).window(8),
    token("datadog-key", "a Datadog key", &["datadog", "dd_api_key", "dd_app_key", "dd-api-key"], r#"(?i:datadog|dd)[A-Za-z0-9_.-]{0,20}(?i:key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{40}|[0-9a-f]{32})"#).any_case(),
    token("datadog-app-key", "a Datadog key", &["ddapp_", "ddapi_"], r"dda(?:pp|pi)_[A-Za-z0-9]{34,40}"),
    token("grafana-service-token", "a Grafana token", &["glsa_"], r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    token("grafana-cloud-token", "a Grafana Cloud token", &["glc_"], r"glc_[A-Za-z0-9+/]{40,400}={0,2}"),
    token("grafana-key", "a Grafana key", &["eyJrIjoi"], r"eyJrIjoi[A-Za-z0-9+/]{60,400}={0,2}"),
    token("honeycomb-key", "a Honeycomb key", &["hcaik_", "hcxik_", "hcamk_", "hcbik_"], r"hc[a-z](?:ik|mk)_[A-Za-z0-9]{58,64}"),
    token("dynatrace-token", "a Dynatrace token", &["dt0"], r"dt0[a-z][0-9]{2}\.[A-Z2-7]{8,24}\.[A-Z2-7]{64}"),
    token("pagerduty-key", "a PagerDuty key", &["pagerduty", "pd_token"], r#"(?i:pagerduty|pd)[A-Za-z0-9_.-]{0,20}(?i:key|token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9+_-]{20}|[0-9a-f]{32})"#).any_case(),
    token("launchdarkly-key", "a LaunchDarkly key", &["sdk-", "api-"], r"(?:sdk|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("posthog-key", "a PostHog key", &["phx_", "phs_"], r"ph[xs]_[A-Za-z0-9]{40,60}"),
    token("algolia-key", "an Algolia admin key", &["algolia"], r#"(?i:algolia)[A-Za-z0-9_.-]{0,20}(?i:admin|write|secret)[A-Za-z0-9_.-]{0,10}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{32})"#).any_case(),
    token("mapbox-token", "a Mapbox secret token", &["sk.eyJ"], r"sk\.eyJ[A-Za-z0-9_-]{40,200}\.[A-Za-z0-9_-]{20,30}"),
    token("rollbar-token", "a Rollbar token", &["rollbar"], r#"(?i:rollbar)[A-Za-z0-9_.-]{0,20}(?i:token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{32})"#).any_case(),
    token("splunk-token", "a Splunk token", &["splunk"], r#"(?i:splunk)(?:[A-Za-z0-9_.-]{0,20}["']?[ \t]{0,4}[:=]|[ \t])[ \t]{0,4}["']?(?<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#).any_case(),
    token("statsig-key", "a Statsig secret", &["secret-"], r"secret-[A-Za-z0-9]{43}"),
    token("configcat-key", "a ConfigCat key", &["configcat-sdk-1/"], r"configcat-sdk-1/[A-Za-z0-9_-]{22}/[A-Za-z0-9_-]{22}"),
    token("logfire-token", "a Logfire token", &["pylf_v"], r"pylf_v[0-9]_[a-z]{2}_[A-Za-z0-9]{40,60}"),
    token("axiom-token", "an Axiom token", &["xaat-", "xapt-"], r"xa[ap]t-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
];
