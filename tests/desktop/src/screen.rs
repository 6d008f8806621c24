//! What is on the display: pictures of it, and whether a picture is to be found in them.

use crate::{Icon, Session};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where pictures for people are kept.
pub fn screenshots() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    fs::create_dir_all(&folder).expect("a folder for pictures");
    fs::canonicalize(folder).expect("a folder for pictures")
}

/// The whole display at one moment: three bytes for each pixel (R, G, B).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: usize,
    rgb: Vec<u8>,
}

impl Session {
    /// The display as it is now.
    #[track_caller]
    pub fn picture(&self) -> Picture {
        let file = self.sandbox().root().join("picture.ppm");
        self.import(&file, &["-depth", "8"]);
        let bytes = fs::read(&file).expect("a picture");
        // `P6`, width, height, 255, each followed by one blank, then the pixels.
        let mut parts = bytes.splitn(4, |byte| byte.is_ascii_whitespace());
        let number = |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap_or_default()).parse().ok();
        assert_eq!(parts.next(), Some(b"P6".as_slice()), "not a picture");
        let (width, height): (usize, usize) = number(parts.next()).zip(number(parts.next())).expect("a size");
        let pixels = bytes.len() - width * height * 3;
        Picture { width, rgb: bytes[pixels..].to_vec() }
    }

    /// Keeps the display as it is now as `target/screenshots/NAME.png`.
    #[track_caller]
    pub fn keep_picture(&self, name: &str) -> PathBuf {
        let file = screenshots().join(format!("{name}.png"));
        self.import(&file, &[]);
        file
    }

    #[track_caller]
    fn import(&self, file: &Path, options: &[&str]) {
        let file = file.to_str().unwrap();
        let args = [&["-window", "root"], options, &[file]].concat();
        let _ = self.sandbox().run(self.sandbox().root(), "import", &args).ok();
    }

    /// The windows a person can see whose title has this in it.
    pub fn windows(&self, title: &str) -> Vec<String> {
        let args = ["search", "--onlyvisible", "--name", title];
        let output = self.sandbox().run(self.sandbox().root(), "xdotool", &args);
        output.stdout.lines().map(str::to_owned).collect()
    }
}

impl Picture {
    fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let start = (y * self.width + x) * 3;
        let found = (x < self.width).then(|| self.rgb.get(start..start + 3)).flatten()?;
        found.try_into().ok()
    }

    /// In pixels.
    pub fn height(&self) -> usize {
        self.rgb.len() / 3 / self.width
    }

    /// The smallest box (left, top, right, bottom; the last two outside) around what differs between two pictures.
    pub fn difference(&self, other: &Self) -> Option<(usize, usize, usize, usize)> {
        let mut found: Option<(usize, usize, usize, usize)> = None;
        for y in 0..self.height() {
            for x in (0..self.width).filter(|x| self.pixel(*x, y) != other.pixel(*x, y)) {
                let (left, top, right, bottom) = found.unwrap_or((x, y, x + 1, y + 1));
                found = Some((left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)));
            }
        }
        found
    }

    /// Where an icon is drawn, pixel by pixel, on whatever ground: its left and top. Only what is solid is compared, and
    /// as much deviation is none as comes from a host that made it from another size.
    pub fn find(&self, icon: &Icon) -> Option<(usize, usize)> {
        let (width, height) = (usize::try_from(icon.width).ok()?, usize::try_from(icon.height).ok()?);
        let solid: Vec<_> = icon
            .argb
            .chunks_exact(4)
            .enumerate()
            .filter(|(_, argb)| argb[0] > 250)
            .map(|(index, argb)| (index % width, index / width, [argb[1], argb[2], argb[3]]))
            .collect();
        if solid.len() < 8 {
            return None;
        }
        let near = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 48);
        let (columns, rows) =
            ((self.width + 1).saturating_sub(width), (self.height() + 1).saturating_sub(height));
        let places = (0..rows).flat_map(|top| (0..columns).map(move |left| (left, top)));
        places.into_iter().find(|(left, top)| {
            solid
                .iter()
                .all(|(x, y, colour)| self.pixel(left + x, top + y).is_some_and(|pixel| near(pixel, *colour)))
        })
    }
}
