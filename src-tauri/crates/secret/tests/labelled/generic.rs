//! Passwords and tokens without a form of their own: names that say it, in the ways of many languages.

use crate::chance::Chance;

/// A file with one such secret, and what kind of case it is.
pub(crate) struct Case {
    /// How it is written.
    pub(crate) syntax: &'static str,
    /// Who chose the value.
    pub(crate) chosen: &'static str,
    /// Its path.
    pub(crate) path: &'static str,
    /// Its content.
    pub(crate) text: String,
    /// The value.
    pub(crate) value: String,
}

/// How a value is written for a name: `{n}` is the name, in the style of such files, `{v}` the value.
const SYNTAX: &[(&str, &str, Style, &str)] = &[
    ("env", "settings.conf", Style::Upper, "# settings\nPORT=80\n{n}={v}\n"),
    ("env, quoted", "settings.conf", Style::Upper, "{n}=\"{v}\"\nDEBUG=0\n"),
    ("ini", "conf.ini", Style::Snake, "[main]\n{n} = {v}\nport = 80\n"),
    ("properties", "application.properties", Style::Dotted, "app.port=80\nspring.{n}={v}\n"),
    ("yaml", "conf.yml", Style::Snake, "main:\n  {n}: {v}\n  port: 80\n"),
    ("yaml, quoted", "conf.yaml", Style::Kebab, "main:\n  {n}: '{v}'\n"),
    (
        "compose list",
        "docker-compose.yml",
        Style::Upper,
        "services:\n  a:\n    environment:\n      - {n}={v}\n",
    ),
    ("kubernetes", "deploy.yaml", Style::Upper, "env:\n  - name: {n}\n    value: \"{v}\"\n"),
    ("json", "conf.json", Style::Camel, "{\n  \"port\": 80,\n  \"{n}\": \"{v}\"\n}\n"),
    ("json, one line", "conf.json", Style::Snake, "{\"port\":80,\"{n}\":\"{v}\",\"x\":1}"),
    ("json in a string", "conf.json", Style::Snake, "{\"body\": \"{\\\"{n}\\\": \\\"{v}\\\"}\"}\n"),
    ("toml", "conf.toml", Style::Snake, "[main]\n{n} = \"{v}\"\n"),
    ("xml element", "conf.xml", Style::Camel, "<conf>\n  <{n}>{v}</{n}>\n</conf>\n"),
    ("xml attribute", "web.config", Style::Camel, "<add key=\"{n}\" value=\"{v}\" />\n"),
    ("shell", "run.sh", Style::Upper, "#!/bin/sh\nexport {n}='{v}'\n./app\n"),
    ("flag", "run.sh", Style::Kebab, "#!/bin/sh\n./app --{n} {v} --port 80\n"),
    ("flag with =", "run.sh", Style::Kebab, "#!/bin/sh\n./app --{n}={v} --port 80\n"),
    ("dockerfile", "Dockerfile", Style::Upper, "FROM scratch\nENV {n}={v}\n"),
    ("terraform", "main.tf", Style::Snake, "resource \"a\" \"b\" {\n  {n} = \"{v}\"\n}\n"),
    ("terraform variable", "prod.tfvars", Style::Snake, "{n} = \"{v}\"\n"),
    ("python", "app.py", Style::Upper, "import os\n\n{n} = \"{v}\"\n"),
    ("python argument", "app.py", Style::Snake, "client = connect(host, {n}='{v}')\n"),
    ("python dict", "app.py", Style::Snake, "conf = {'port': 80, '{n}': '{v}'}\n"),
    ("python environment", "app.py", Style::Upper, "os.environ[\"{n}\"] = \"{v}\"\n"),
    ("javascript", "app.js", Style::Camel, "const {n} = '{v}';\n"),
    ("javascript object", "app.js", Style::Camel, "module.exports = {\n  {n}: \"{v}\",\n};\n"),
    ("javascript fallback", "app.js", Style::Upper, "const a = process.env.{n} || '{v}';\n"),
    ("typescript", "app.ts", Style::Camel, "const {n}: string = \"{v}\";\n"),
    ("go", "main.go", Style::Camel, "package main\n\nconst {n} = \"{v}\"\n"),
    ("go short", "main.go", Style::Camel, "func main() {\n\t{n} := \"{v}\"\n}\n"),
    ("rust", "main.rs", Style::Upper, "const {n}: &str = \"{v}\";\n"),
    ("java", "App.java", Style::Camel, "class App {\n  private static final String {n} = \"{v}\";\n}\n"),
    ("java setter", "App.java", Style::Pascal, "config.set{n}(\"{v}\");\n"),
    ("kotlin", "App.kt", Style::Camel, "val {n} = \"{v}\"\n"),
    ("c#", "App.cs", Style::Pascal, "public string {n} { get; } = \"x\";\nvar {n} = \"{v}\";\n"),
    ("php array", "config.php", Style::Snake, "<?php return [\n  '{n}' => '{v}',\n];\n"),
    ("php define", "config.php", Style::Upper, "<?php define('{n}', '{v}');\n"),
    ("php variable", "config.php", Style::Snake, "<?php ${n} = \"{v}\";\n"),
    ("ruby", "app.rb", Style::Snake, "config.{n} = '{v}'\n"),
    ("ruby hash", "app.rb", Style::Snake, "x = { :{n} => \"{v}\" }\n"),
    ("c", "main.h", Style::Upper, "#define {n} \"{v}\"\n"),
    ("swift", "App.swift", Style::Camel, "let {n} = \"{v}\"\n"),
    ("default in shell", "run.sh", Style::Upper, "A=${{n}:-{v}}\n"),
    ("address", "notes.sh", Style::Snake, "curl 'https://api.corp.net/v1?{n}={v}&x=1'\n"),
    ("header", "request.http", Style::Kebab, "GET / HTTP/1.1\nX-{n}: {v}\n\n"),
    ("minified", "app.min.js", Style::Camel, "var a=1;function b(){return 2}var c={{n}:\"{v}\",d:3};b();"),
    ("windows line ends", "conf.ini", Style::Snake, "[main]\r\n{n} = {v}\r\nport = 80\r\n"),
    ("end of file", "conf.ini", Style::Snake, "[main]\n{n}={v}"),
];

#[derive(Clone, Copy)]
enum Style {
    Snake,
    Upper,
    Kebab,
    Dotted,
    Camel,
    Pascal,
}

/// Names as words, with `true` for those whose value a person may have chosen.
const NAMES: &[(&[&str], bool)] = &[
    (&["password"], true),
    (&["db", "password"], true),
    (&["smtp", "pass"], true),
    (&["admin", "passwd"], true),
    (&["mysql", "root", "password"], true),
    (&["ssh", "passphrase"], true),
    (&["api", "key"], false),
    (&["secret", "key"], false),
    (&["client", "secret"], false),
    (&["access", "token"], false),
    (&["auth", "token"], false),
    (&["jwt", "secret"], false),
    (&["encryption", "key"], false),
    (&["service", "api", "key"], false),
];

const MACHINE: [&str; 7] =
    ["<hex:32>", "<hex:40>", "<hex:64>", "<b62:24>", "<b62:32>", "<b64:43>=", "<url:40>"];

fn written(words: &[&str], style: Style) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    match style {
        Style::Snake => words.join("_"),
        Style::Upper => words.join("_").to_uppercase(),
        Style::Kebab => words.join("-"),
        Style::Dotted => words.join("."),
        Style::Camel => {
            words[0].to_owned() + &words[1..].iter().map(|word| capital(word)).collect::<String>()
        }
        Style::Pascal => words.iter().map(|word| capital(word)).collect(),
    }
}

/// What people choose when they are told to use all kinds of characters, and what their password managers offer.
fn chosen(chance: &mut Chance) -> (&'static str, String) {
    const WORDS: [&str; 16] = [
        "Winter", "Berlin", "Orange", "Dragon", "Falcon", "Summer", "Kaffee", "Monkey", "Purple", "Castle",
        "Garden", "Silver", "Tomate", "Rocket", "Marble", "Jupiter",
    ];
    let word = *chance.one(&WORDS);
    let other = chance.one(&WORDS).to_lowercase();
    match chance.below(6) {
        0 => ("a person", format!("{word}{}!", 1950 + chance.below(75))),
        1 => ("a person", format!("{word}-{other}_{}", 10 + chance.below(89))),
        2 => {
            ("a person", chance.value(&format!("{}<=4,3,@><az:2>{}<d:2><=#,!,+,*>", &word[..4], &other[..3])))
        }
        3 => ("a password manager", chance.value("<sym:14>")),
        4 => ("a password manager", chance.value("<sym:20>")),
        _ => ("a password manager", chance.value("<b62:16>")),
    }
}

/// Every syntax with every name.
pub(crate) fn cases(chance: &mut Chance) -> Vec<Case> {
    let mut cases = Vec::new();
    for (syntax, path, style, text) in SYNTAX {
        for (words, by_a_person) in NAMES {
            for round in 0..3 {
                let (who, mut value) = match *by_a_person && round > 0 {
                    true => chosen(chance),
                    false => {
                        let format = *chance.one(&MACHINE);
                        ("a machine", chance.value(format))
                    }
                };
                // What stands bare ends at signs that mean something there.
                value.retain(|c| !matches!(c, '&' | '?' | '#' | '%'));
                let text = text.replace("{n}", &written(words, *style)).replace("{v}", &value);
                cases.push(Case { syntax, chosen: who, path, text, value });
            }
        }
    }
    cases
}
