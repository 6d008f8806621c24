//! Secret stores, configuration, networks and what builds on clouds.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("vault-token", "a HashiCorp Vault token", &["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    token("vault-old-token", "a HashiCorp Vault token", &["vault_token", "vault-token"], r#"(?i:vault[_-]token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>s\.[A-Za-z0-9]{24})"#).any_case(),
    token("terraform-token", "a Terraform Cloud token", &[".atlasv1."], r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}").before(14).window(90),
    token("pulumi-token", "a Pulumi token", &["pul-"], r"pul-[0-9a-f]{40}"),
    token("doppler-token", "a Doppler token", &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."], r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
    token("infisical-token", "an Infisical token", &["st."], r"st\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{32}\.[0-9a-f]{32}"),
    token("onepassword-token", "a 1Password service account token", &["ops_eyJ"], r"ops_eyJ[A-Za-z0-9+/_-]{200,}={0,3}").window(4096),
    token("onepassword-key", "a 1Password secret key", &["A3-"], r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    token("bitwarden-token", "a Bitwarden access token", &["0.", "BWS_ACCESS_TOKEN"], r#"(?:BWS_ACCESS_TOKEN["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)?(?<s>0\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==)"#).open(),
    token("akeyless-key", "an Akeyless access key", &["akeyless"], r#"(?i:akeyless)[A-Za-z0-9_.-]{0,20}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9+/]{43}=)"#).any_case().open(),
    token("tailscale-key", "a Tailscale key", &["tskey-"], r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}"),
    token("ngrok-token", "an ngrok token", &["ngrok"], r#"(?i:ngrok)[A-Za-z0-9_.: -]{0,20}(?i:token)["']?(?:[ \t]{0,4}[:=][ \t]{0,4}|[ \t]{1,4})["']?(?<s>[12][A-Za-z0-9]{26}_[A-Za-z0-9]{20,22})"#).any_case(),
    token("cloudflare-tunnel-token", "a Cloudflare tunnel token", &["eyJhIjoi"], r"eyJhIjoi[A-Za-z0-9+/_-]{120,240}={0,2}").window(400),
    token("zerotier-token", "a ZeroTier token", &["zerotier"], r#"(?i:zerotier)[A-Za-z0-9_.-]{0,20}(?i:token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{32})"#).any_case(),
    token("databricks-token", "a Databricks token", &["dapi", "dkea", "dose"], r"(?:dapi|dkea|dose)[0-9a-f]{32}(?:-[0-9])?"),
    token("prefect-key", "a Prefect key", &["pnu_", "pnb_"], r"pn[ub]_[A-Za-z0-9]{36}"),
    token("rancher-token", "a Rancher token", &["token-"], r"token-[a-z0-9]{5}:[a-z0-9]{54}"),
    token("openshift-token", "an OpenShift token", &["sha256~"], r"sha256~[A-Za-z0-9_-]{43}"),
    token("kubeadm-token", "a Kubernetes bootstrap token", &["kubeadm join", "bootstrap-token", "--token"], r"(?:kubeadm join[ -~]{1,60}--token|bootstrap-token|--token)[ =:]{1,3}(?<s>[a-z0-9]{6}\.[a-z0-9]{16})"),
    token("kubernetes-client-key", "a Kubernetes client key", &["client-key-data"], r#"client-key-data["']?:[ \t]{0,4}["']?(?<s>LS0tLS1CRUdJTi[A-Za-z0-9+/=]{100,})"#).window(1024).open(),
    token("consul-token", "a Consul or Nomad token", &["consul_http_token", "nomad_token"], r#"(?i:consul_http_token|nomad_token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"#).any_case(),
    token("docker-swarm-token", "a Docker Swarm join token", &["SWMTKN-1-"], r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}"),
    token("fastly-token", "a Fastly token", &["fastly"], r#"(?i:fastly)[A-Za-z0-9_.-]{0,20}(?i:key|token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9_-]{32})"#).any_case(),
    token("wireguard-key", "a WireGuard private key", &["PrivateKey", "PresharedKey"], r"(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}(?<s>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)").open(),
];
