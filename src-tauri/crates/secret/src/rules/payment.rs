//! Money and shops.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("stripe-key", "a Stripe key", &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_", "sk_org_"], r"(?:sk|rk)_(?:live|test|prod|org)_[A-Za-z0-9_]{24,250}"),
    token("webhook-secret", "a webhook signing secret", &["whsec_"], r"whsec_[A-Za-z0-9+/]{32,100}={0,2}"),
    token("square-token", "a Square token", &["sq0atp-", "sq0csp-", "sq0idp-"], r"(?:sq0atp-[A-Za-z0-9_-]{22}|sq0csp-[A-Za-z0-9_-]{43})"),
    token("square-access-token", "a Square access token", &["EAAA"], r"EAAA[A-Za-z0-9_-]{60}"),
    token("braintree-token", "a Braintree access token", &["access_token$"], r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    token("paypal-secret", "a PayPal client secret", &["paypal"], r#"(?i:paypal)[A-Za-z0-9_.-]{0,20}(?i:secret)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>E[A-Za-z0-9_-]{79})"#).any_case(),
    token("razorpay-key", "a Razorpay key", &["rzp_live_", "rzp_test_"], r"rzp_(?:live|test)_[A-Za-z0-9]{14}"),
    token("mollie-key", "a Mollie key", &["live_", "test_"], r"(?:live|test)_[A-Za-z0-9]{30}"),
    token("gocardless-token", "a GoCardless token", &["live_", "sandbox_"], r"(?:live|sandbox)_[A-Za-z0-9_-]{40}"),
    token("adyen-key", "an Adyen key", &["AQE"], r"AQE[a-z]hm[A-Za-z0-9+/]{40,}={0,2}-[A-Za-z0-9+/]{40,}={0,2}-[!-~]{16}").open(),
    token("plaid-token", "a Plaid access token", &["access-sandbox-", "access-development-", "access-production-"], r"access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    token("flutterwave-key", "a Flutterwave secret key", &["FLWSECK"], r"FLWSECK(?:_TEST)?-[0-9a-f]{32}(?:-[0-9a-z]{5,20})?-X"),
    token("shopify-token", "a Shopify token", &["shpat_", "shpca_", "shppa_", "shpss_", "shptka_", "shpua_"], r"shp(?:at|ca|pa|ss|tka|ua)_[0-9a-fA-F]{32}"),
    token("shippo-token", "a Shippo token", &["shippo_"], r"shippo_(?:live|test)_[0-9a-f]{40}"),
    token("easypost-key", "an EasyPost key", &["EZAK", "EZTK"], r"EZ[AT]K[A-Za-z0-9]{54}"),
    token("duffel-token", "a Duffel token", &["duffel_"], r"duffel_(?:test|live)_[A-Za-z0-9_=-]{43}"),
    token("coinbase-key", "a Coinbase webhook or API secret", &["coinbase"], r#"(?i:coinbase)[A-Za-z0-9_.-]{0,20}(?i:secret)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{32}|[A-Za-z0-9+/]{86}==)"#).any_case().open(),
    token("binance-secret", "a Binance secret", &["binance"], r#"(?i:binance)[A-Za-z0-9_.-]{0,20}(?i:secret|key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?<s>[A-Za-z0-9]{64})"#).any_case(),
    token("xendit-key", "a Xendit key", &["xnd_development_", "xnd_production_"], r"xnd_(?:development|production)_[A-Za-z0-9]{40,70}"),
    token("checkout-key", "a Checkout.com secret key", &["sk_"], r"sk_(?:sbox_)?[a-z2-7]{26}[*#$=a-z0-9]"),
    token("mercadopago-token", "a Mercado Pago token", &["APP_USR-", "TEST-"], r"(?:APP_USR|TEST)-[0-9]{13,19}-[0-9]{6}-[0-9a-f]{32}-[0-9]{6,12}"),
];
