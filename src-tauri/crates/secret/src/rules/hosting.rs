//! Where source code lives and is built.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("github-token", "a GitHub token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"gh[pousr]_[A-Za-z0-9]{36,}"),
    token("github-fine-token", "a GitHub token", &["github_pat_"], r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    token(
        "github-app-jwt-token",
        "a GitHub app token",
        &["ghs_"],
        r"ghs_[0-9]{1,12}_[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    )
    .window(2048),
    token(
        "gitlab-token",
        "a GitLab token",
        &["glpat-", "gldt-", "glrt-", "glrtr-", "glptt-", "glft-", "glsoat-", "glcbt-", "glimt-", "glagent-", "gloas-", "glffct-", "glwt-"],
        r"gl(?:pat|dt|rt|rtr|ptt|ft|soat|cbt|imt|agent|oas|ffct|wt)-(?:[A-Za-z0-9_=-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?)",
    ),
    token("gitlab-runner-registration", "a GitLab runner registration token", &["GR1348941"], r"GR1348941[A-Za-z0-9_-]{20}"),
    token("bitbucket-password", "a Bitbucket app password", &["ATBB"], r"ATBB[A-Za-z0-9]{24,32}"),
    token("atlassian-token", "an Atlassian token", &["ATATT3", "ATCTT3", "ATSTT3"], r"AT(?:A|C|S)TT3[A-Za-z0-9_=-]{60,240}"),
    token(
        "azure-devops-token",
        "an Azure DevOps token",
        &["AZDO"],
        r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
    )
    .before(76)
    .window(16),
    token("sourcegraph-token", "a Sourcegraph token", &["sgp_", "slk_"], r"(?:sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}|slk_[0-9a-f]{64})"),
    token("circleci-token", "a CircleCI token", &["CCIPAT_", "CCIPRJ_"], r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}"),
    token("buildkite-token", "a Buildkite token", &["bkua_", "bkct_", "bkpt_"], r"bk(?:ua|ct|pt)_[A-Za-z0-9]{40,64}"),
    token("harness-token", "a Harness token", &["pat.", "sat."], r"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}"),
    token("octopus-key", "an Octopus Deploy key", &["API-"], r"API-[A-Z0-9]{26,32}"),
    token("gitea-token", "a Gitea token", &["gitea_token", "forgejo_token", "codeberg_token"], r#"(?i:(?:gitea|forgejo|codeberg)_token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{40})"#).any_case(),
    token("sonar-token", "a Sonar token", &["sqa_", "sqp_", "squ_"], r"sq[apu]_[0-9a-f]{40}"),
    token("snyk-token", "a Snyk token", &["snyk_token", "snyk-token"], r#"(?i:snyk[_-]token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#).any_case(),
    token("snyk-service-token", "a Snyk token", &["snyk_uat.", "snyk_sat."], r"snyk_[us]at\.[0-9a-f]{8}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    token("codecov-token", "a Codecov token", &["codecov_token", "codecov-token"], r#"(?i:codecov[_-]token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#).any_case(),
    token("jetbrains-token", "a JetBrains token", &["perm:", "perm-"], r"perm[:-][A-Za-z0-9+/=]{8,}\.[A-Za-z0-9+/=-]{2,}\.[A-Za-z0-9]{24,}"),
    token("jenkins-token", "a Jenkins token", &["jenkins"], r#"(?i:jenkins)[A-Za-z0-9_.-]{0,20}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:[A-Za-z0-9_.-]{1,30}:)?(?<s>11[0-9a-f]{32})"#).any_case(),
];
