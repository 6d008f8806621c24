//! What people work with: tickets, documents, tables, forms, customers.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("linear-key", "a Linear key", &["lin_api_", "lin_oauth_", "lin_wh_"], r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{40,64}"),
    token("notion-token", "a Notion token", &["ntn_"], r"ntn_[A-Za-z0-9]{46}"),
    token("notion-old-token", "a Notion token", &["secret_"], r"secret_[A-Za-z0-9]{43}"),
    token("asana-token", "an Asana token", &["1/", "2/"], r"[12]/[0-9]{13,17}(?:/[0-9]{13,17})?:[0-9a-f]{32}"),
    token("airtable-token", "an Airtable token", &["pat"], r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    token("figma-token", "a Figma token", &["figd_", "figdr_", "figu_", "figur_", "figo_"], r"fig(?:d|dr|u|ur|o)_[A-Za-z0-9_-]{40,44}"),
    token("postman-key", "a Postman key", &["PMAK-"], r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    token("contentful-token", "a Contentful token", &["CFPAT-"], r"CFPAT-[A-Za-z0-9_-]{43}"),
    token("storyblok-token", "a Storyblok token", &["storyblok"], r#"(?i:storyblok)[A-Za-z0-9_.-]{0,20}(?i:token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{22}tt)"#).any_case(),
    token("hubspot-token", "a HubSpot token", &["pat-na1-", "pat-eu1-", "pat-na2-", "pat-ap1-", "pat-na3-"], r"pat-(?:na|eu|ap)[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("typeform-token", "a Typeform token", &["tfp_"], r"tfp_[A-Za-z0-9_.=-]{44,59}"),
    token("readme-key", "a ReadMe key", &["rdme_"], r"rdme_[a-z0-9]{70}"),
    token("frameio-token", "a Frame.io token", &["fio-u-"], r"fio-u-[A-Za-z0-9_=-]{64}"),
    token("okta-token", "an Okta token", &["okta", "ssws"], r#"(?i:okta[A-Za-z0-9_.-]{0,20}token|ssws)["']?[ \t]{0,4}[:= ][ \t]{0,4}["']?(?<s>00[A-Za-z0-9_-]{40})"#).any_case(),
    token("workos-key", "a WorkOS key", &["sk_live_", "sk_test_", "sk_a2V5X"], r"sk_(?:live_|test_)?a2V5X[A-Za-z0-9+/=_]{60,140}"),
    token("salesforce-token", "a Salesforce session", &["00D"], r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{80,120}"),
    token("zendesk-key", "a Zendesk token", &["zendesk"], r#"(?i:zendesk)[A-Za-z0-9_.-]{0,20}(?i:key|token|secret)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{40})"#).any_case(),
    token("clickup-token", "a ClickUp token", &["pk_"], r"pk_[0-9]{6,10}_[A-Z0-9]{32}"),
    token("trello-token", "a Trello token", &["ATTA"], r"ATTA[0-9a-f]{64}[0-9A-F]{8}"),
    token("shortcut-token", "a Shortcut token", &["shortcut_api_token"], r#"(?i:shortcut_api_token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#).any_case(),
    token("adobe-secret", "an Adobe client secret", &["p8e-", "p8-", "p8e_"], r"p8e?[-_][A-Za-z0-9_-]{32}"),
    token("maxmind-key", "a MaxMind license key", &["_mmk"], r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk").before(40).window(8),
    token("retool-key", "a Retool key", &["retool_"], r"retool_[A-Za-z0-9]{20,60}"),
    token("lob-key", "a Lob key", &["live_", "test_"], r"(?:live|test)_[0-9a-f]{35}"),
    token("yandex-oauth-token", "a Yandex OAuth token", &["y0_", "y1_"], r"y[01]_[A-Za-z0-9_-]{55,70}"),
];
