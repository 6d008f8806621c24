//! The models that can be fetched: each with its one address, size and SHA-256.
//!
//! No file was fetched from its publisher when these pins were written. Each pin was compared with what independent
//! public projects pin for the same file at the same revision; `rests_on` says how strong that is. A wrong pin does no
//! harm: what arrives is refused.

/// What a pin was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestsOn {
    /// Pins of independent public projects, and a copy of the file that was hashed here.
    PinsAndCopy,
    /// Pins of independent public projects, one of which compared it with the publisher's own record.
    PublisherRecord,
    /// Pins of independent public projects.
    Pins,
}

/// One model that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Its name: in the settings, on the command line, and as the model's name to the server.
    pub name: &'static str,
    /// Its name for people, with a word on whom it suits.
    pub title: &'static str,
    /// The publisher's repository.
    pub repository: &'static str,
    /// The revision of that repository.
    pub revision: &'static str,
    /// The file there.
    pub file: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: &'static str,
    /// Its licence, by its SPDX name.
    pub licence: &'static str,
    /// What size and SHA-256 were compared with.
    pub rests_on: RestsOn,
}

/// The model that is offered to somebody who has none.
pub const DEFAULT: &str = "qwen2.5-coder-1.5b-instruct";

/// Where every repository of the list is.
const PUBLISHER: &str = "https://huggingface.co";

const PINS: [Pin; 5] = [
    Pin {
        name: DEFAULT,
        title: "Qwen2.5 Coder 1.5B: the best messages that two cores can write in seconds",
        repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        revision: "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
        file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size: 1_117_320_768,
        sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence: "Apache-2.0",
        rests_on: RestsOn::PinsAndCopy,
    },
    Pin {
        name: "qwen2.5-coder-0.5b-instruct",
        title: "Qwen2.5 Coder 0.5B: for little memory; its messages are often refused",
        repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        revision: "ebb2015119c907b064c512bf053e945850b5875f",
        file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        size: 491_400_064,
        sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        licence: "Apache-2.0",
        rests_on: RestsOn::PinsAndCopy,
    },
    Pin {
        name: "qwen2.5-1.5b-instruct",
        title: "Qwen2.5 1.5B: for repositories with more prose than code",
        repository: "Qwen/Qwen2.5-1.5B-Instruct-GGUF",
        revision: "91cad51170dc346986eccefdc2dd33a9da36ead9",
        file: "qwen2.5-1.5b-instruct-q4_k_m.gguf",
        size: 1_117_320_736,
        sha256: "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
        licence: "Apache-2.0",
        rests_on: RestsOn::PublisherRecord,
    },
    Pin {
        name: "qwen2.5-0.5b-instruct",
        title: "Qwen2.5 0.5B: prose, for little memory; its messages are often refused",
        repository: "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
        revision: "9217f5db79a29953eb74d5343926648285ec7e67",
        file: "qwen2.5-0.5b-instruct-q4_k_m.gguf",
        size: 491_400_032,
        sha256: "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
        licence: "Apache-2.0",
        rests_on: RestsOn::Pins,
    },
    Pin {
        name: "qwen2.5-coder-7b-instruct",
        title: "Qwen2.5 Coder 7B: for a machine with a graphics card; too slow without",
        repository: "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF",
        revision: "13fb94bfda8c8cf22497dc57b78f391a9acb426a",
        file: "qwen2.5-coder-7b-instruct-q4_k_m.gguf",
        size: 4_683_073_536,
        sha256: "509287f78cb4d4cf6b3843734733b914b2c158e43e22a7f4bf5e963800894d3c",
        licence: "Apache-2.0",
        rests_on: RestsOn::PublisherRecord,
    },
];

/// The list, and where its addresses begin.
#[derive(Debug, Clone)]
pub struct Catalogue {
    base: String,
    pins: Vec<Pin>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self { base: PUBLISHER.to_owned(), pins: PINS.to_vec() }
    }
}

impl Catalogue {
    /// Another list at another address, for tests: no setting leads here.
    #[doc(hidden)]
    pub fn elsewhere(base: String, pins: Vec<Pin>) -> Self {
        Self { base, pins }
    }

    /// All models, the best first.
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// The model of this name.
    pub fn find(&self, name: &str) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.name == name)
    }

    /// Where the file of a model is.
    pub fn url(&self, pin: &Pin) -> String {
        format!("{}/{}/resolve/{}/{}", self.base, pin.repository, pin.revision, pin.file)
    }

    /// The page about a model, for people: what it is and the text of its licence.
    pub fn page(&self, pin: &Pin) -> String {
        format!("{}/{}", self.base, pin.repository)
    }

    /// Whether only https is spoken, redirects included.
    pub(crate) fn https_only(&self) -> bool {
        self.base.starts_with("https:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_whole() {
        let catalogue = Catalogue::default();
        assert!(catalogue.https_only());
        assert_eq!(autocommit_core::settings::Settings::default().llm.managed_model, DEFAULT);
        assert!(catalogue.find(DEFAULT).is_some());
        for pin in catalogue.pins() {
            let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            assert!(pin.sha256.len() == 64 && is_hex(pin.sha256), "{}", pin.name);
            assert!(pin.revision.len() == 40 && is_hex(pin.revision), "{}: a branch moves", pin.name);
            assert!(pin.size > 100 << 20 && pin.licence == "Apache-2.0", "{}", pin.name);
            assert!(autocommit_core::settings::valid_model_name(pin.name), "{}", pin.name);
            assert!(pin.file.starts_with(pin.name) && pin.repository.starts_with("Qwen/"), "{}", pin.name);
            let same = |other: &&Pin| other.name == pin.name || other.sha256 == pin.sha256;
            assert_eq!(catalogue.pins().iter().filter(same).count(), 1, "{}", pin.name);
        }
        assert_eq!(
            catalogue.url(&PINS[1]),
            "https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/\
             ebb2015119c907b064c512bf053e945850b5875f/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
        );
    }
}
