//! Databases and their hosts.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token(
        "planetscale-token",
        "a PlanetScale token",
        &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
        r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}",
    ),
    token(
        "supabase-token",
        "a Supabase key",
        &["sbp_", "sb_secret_"],
        r"(?:sbp_(?:v0_)?[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{22,60})",
    ),
    token("neon-token", "a Neon key", &["napi_"], r"napi_[a-z0-9]{60,70}"),
    token(
        "mongodb-atlas-secret",
        "a MongoDB Atlas service secret",
        &["mdb_sa_sk_"],
        r"mdb_sa_sk_[A-Za-z0-9_-]{40}",
    ),
    token("cockroach-key", "a CockroachDB key", &["CCDB1_"], r"CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}"),
    token("aiven-token", "an Aiven password", &["AVNS_"], r"AVNS_[A-Za-z0-9_-]{19,23}"),
    token(
        "prisma-key",
        "a Prisma Accelerate key",
        &["accelerate.prisma-data.net"],
        r#"accelerate\.prisma-data\.net/\?api_key=(?<s>[A-Za-z0-9_.-]{30,})"#,
    )
    .window(1024),
    token("confluent-secret", "a Confluent secret", &["cflt"], r"cflt[A-Za-z0-9+/]{60}").open(),
    token("elastic-cloud-key", "an Elastic Cloud key", &["essu_"], r"essu_[A-Za-z0-9+/_-]{60,160}={0,2}"),
    token("dbt-token", "a dbt Cloud token", &["dbtc_", "dbtu_"], r"dbt[cu]_[A-Za-z0-9_-]{30,50}"),
    token(
        "tinybird-token",
        "a Tinybird token",
        &["p.eyJ"],
        r"p\.eyJ[A-Za-z0-9_-]{30,300}\.[A-Za-z0-9_-]{43}",
    ),
];
