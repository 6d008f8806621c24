//! Clouds that run machines, functions and stores.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token(
        "aws-access-key-id",
        "an AWS access key ID",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
    ),
    token(
        "aws-secret-access-key",
        "an AWS secret access key",
        &["secret_access_key", "secret-access-key", "secretaccesskey", "aws_secret_key", "aws_secret", "awssecretkey", "secret access key"],
        r#"(?i:[A-Z0-9_.-]{0,20}secret[_ -]?access[_ -]?key|[A-Z0-9_.-]{0,12}aws_?secret(?:_?key)?)["'`\])]{0,3}[ \t]{0,8}(?:=>|:=|[:=,])?[ \t]{0,8}(?:value[ \t]{0,4}=)?["'`(]{0,2}(?<s>[A-Za-z0-9/+]{40})"#,
    )
    .any_case()
    .before(24)
    .check(|secret| !secret.iter().all(u8::is_ascii_hexdigit)),
    token(
        "aws-session-token",
        "an AWS session token",
        &["IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"],
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=%]{100,}",
    )
    .window(4096),
    token("aws-bedrock-key", "an AWS Bedrock key", &["ABSKQmVkcm9ja0FQSUtleS"], r"ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{80,}={0,2}"),
    token("aws-mws-token", "an Amazon MWS token", &["amzn.mws."], r"amzn\.mws\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("google-api-key", "a Google API key", &["AIza"], r"AIza[A-Za-z0-9_-]{35}"),
    token("google-oauth-secret", "a Google OAuth client secret", &["GOCSPX-"], r"GOCSPX-[A-Za-z0-9_-]{28}"),
    token("google-oauth-token", "a Google OAuth access token", &["ya29."], r"ya29\.[A-Za-z0-9_-]{30,}").window(2048),
    token("google-refresh-token", "a Google OAuth refresh token", &["1//0"], r"1//0[A-Za-z0-9_-]{38,}"),
    token("google-hmac-key", "a Google storage HMAC key", &["GOOG1"], r"GOOG1[A-Z0-9]{19,57}"),
    token(
        "azure-account-key",
        "an Azure account key",
        &["AccountKey", "SharedAccessKey", "SharedSecretValue", "AccessKey="],
        r#"(?i:(?:Account|SharedAccess|Access)Key|SharedSecretValue)["']?[ \t]{0,4}[=:][ \t]{0,4}["']?(?<s>[A-Za-z0-9+/]{42,86}={1,2})"#,
    )
    .before(16)
    .open(),
    token(
        "azure-annotated-key",
        "an Azure key",
        &["JQQJ99", "+ASt", "ACDb", "+AMC", "+ABa", "AzFu", "AzSe", "AzCa", "+ASb", "+AEh", "+ARm", "AIoT", "+ACR", "APIM"],
        r"(?:[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{2}[A-L][A-Za-z0-9]{23}|[A-Za-z0-9+/]{76}(?:APIM|ACDb|\+ABa|\+AMC|\+ASt)[A-Za-z0-9+/]{5}[AQgw]==|[A-Za-z0-9+/]{33}(?:AIoT|\+ASb|\+AEh|\+ARm|AzCa)[A-P][A-Za-z0-9+/]{5}=|[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==|[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}|[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5})",
    )
    .before(80)
    .window(40),
    token(
        "azure-client-secret",
        "an Azure client secret",
        &["Q~"],
        r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    )
    .before(4)
    .window(60),
    token(
        "azure-sas",
        "an Azure shared access signature",
        &["sig="],
        r"sig=(?<s>[A-Za-z0-9%/+]{43,64}(?:%3D|=))",
    )
    .open()
    .check(|signature| signature.len() <= 70),
    token(
        "azure-function-url",
        "an Azure function key",
        &[".azurewebsites.net/api/"],
        r#"\.azurewebsites\.net/api/[^\s"'<>?]{1,100}\?(?:[^\s"'<>]{0,60}&)?code=(?<s>[A-Za-z0-9_/+%-]{40,120}(?:={0,2}))"#,
    ).open(),
    token("digitalocean-token", "a DigitalOcean token", &["dop_v1_", "doo_v1_", "dor_v1_"], r"do[por]_v1_[0-9a-f]{64}"),
    token("digitalocean-spaces-key", "a DigitalOcean Spaces key", &["DO00", "DO801"], r"DO(?:00|801)[A-Z0-9]{15,16}").certain(),
    token("alibaba-key-id", "an Alibaba Cloud access key", &["LTAI"], r"LTAI[A-Za-z0-9]{16,26}"),
    token("tencent-key-id", "a Tencent Cloud secret ID", &["AKID"], r"AKID[A-Za-z0-9]{32}"),
    token("volcengine-key-id", "a Volcengine access key", &["AKLT"], r"AKLT[A-Za-z0-9_-]{40,50}"),
    token("yandex-key", "a Yandex Cloud key", &["AQVN", "YCAJ", "YCM"], r"(?:AQVN[A-Za-z0-9_-]{35,38}|YC[A-Za-z0-9_-]{38})"),
    token("yandex-iam-token", "a Yandex Cloud IAM token", &["t1."], r"t1\.[A-Za-z0-9_-]{20,}={0,2}\.[A-Za-z0-9_-]{86}={0,2}"),
    token("scaleway-key", "a Scaleway access key", &["SCW"], r"SCW[A-Z0-9]{17}"),
    token("cloudflare-token", "a Cloudflare token", &["cfk_", "cfut_", "cfat_"], r"cf(?:k|ut|at)_[A-Za-z0-9_-]{40,60}"),
    token("cloudflare-origin-key", "a Cloudflare origin CA key", &["v1.0-"], r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    token("heroku-key", "a Heroku key", &["HRKU-"], r"HRKU-AA[A-Za-z0-9_-]{58}"),
    token(
        "heroku-uuid",
        "a Heroku key",
        &["heroku"],
        r#"(?i:heroku)[A-Za-z0-9_ .-]{0,20}(?i:key|token)["']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}["']?(?<s>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"#,
    )
    .any_case(),
    token("fly-token", "a Fly.io token", &["fm1r_", "fm1a_", "fm2_"], r"(?:fm1[ar]|fm2)_[A-Za-z0-9+/_-]{100,}={0,3}").window(4096),
    token("fly-personal-token", "a Fly.io token", &["fo1_"], r"fo1_[A-Za-z0-9_-]{43}"),
    token("vercel-token", "a Vercel token", &["vcp_", "vci_", "vca_", "vcr_", "vck_"], r"vc[piark]_[A-Za-z0-9]{24,60}"),
    token("netlify-token", "a Netlify token", &["nfp_", "nfo_", "nfc_", "nfu_", "nfb_"], r"nf[pocub]_[A-Za-z0-9]{36,40}"),
    token("render-key", "a Render key", &["rnd_"], r"rnd_[A-Za-z0-9]{28,36}"),
    token("ovh-key", "an OVH application secret", &["ovh_application_secret", "ovh_consumer_key"], r#"(?i:ovh_(?:application_secret|consumer_key))["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{32})"#).any_case(),
    token("linode-token", "a Linode token", &["linode_token", "linode_cli_token"], r#"(?i:linode_(?:cli_)?token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[0-9a-f]{64})"#).any_case(),
    token("hetzner-token", "a Hetzner Cloud token", &["hcloud_token", "hcloud-token"], r#"(?i:hcloud[_-]token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{64})"#).any_case(),
    token("ibm-cloud-key", "an IBM Cloud key", &["ibmcloud_api_key", "ic_api_key", "ibm_api_key"], r#"(?i:ibmcloud_api_key|ic_api_key|ibm_api_key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9_-]{44})"#).any_case(),
];
