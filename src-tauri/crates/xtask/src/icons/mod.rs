//! `cargo xtask icons`: every size and format of the icons, from the drawings in `icons/`.
//!
//! The results are checked in, because the desktop program embeds them when it is built. A test is red when they are not
//! what the drawings give.

mod sheet;

use crate::process::workspace_root;
use anyhow::{Context, Result};
use resvg::{tiny_skia, usvg};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tiny_skia::{Pixmap, Transform};

/// The states of the tray, each with a drawing for any panel and one of which only the shape counts (macOS).
pub(crate) const STATES: [&str; 4] = ["pushed", "working", "paused", "attention"];
/// Panels of all systems, in pixels: Windows and small panels 16, GNOME 22, KDE 24, and their doubles.
pub(crate) const TRAY: [u32; 5] = [16, 22, 24, 32, 48];

/// PNG files of the app icon: name and pixels. Windows' own names are those that its installers look for.
const APP: [(&str, u32); 15] = [
    ("32x32.png", 32),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("icon.png", 512),
    ("Square30x30Logo.png", 30),
    ("Square44x44Logo.png", 44),
    ("Square71x71Logo.png", 71),
    ("Square89x89Logo.png", 89),
    ("Square107x107Logo.png", 107),
    ("Square142x142Logo.png", 142),
    ("Square150x150Logo.png", 150),
    ("Square284x284Logo.png", 284),
    ("Square310x310Logo.png", 310),
    ("StoreLogo.png", 50),
];
const ICO: [u32; 6] = [32, 16, 24, 48, 64, 256];
const ICNS: [u32; 7] = [16, 32, 64, 128, 256, 512, 1024];
/// On macOS an icon fills this share of its square (824 of 1024 points, Human Interface Guidelines).
const MACOS_SHARE: f32 = 824.0 / 1024.0;

/// What is done with the icons.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Also draw the tray icons on light and dark panels into this PNG, to look at
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
}

/// Writes what the drawings give.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let folder = workspace_root().join("icons");
    let rendered = render(&folder)?;
    for (name, bytes) in &rendered {
        fs::write(folder.join(name), bytes)?;
    }
    println!("{} files in {}", rendered.len(), folder.display());
    if let Some(file) = &options.sheet {
        fs::write(file, sheet::draw(&folder)?)?;
        println!("The sheet is {}", file.display());
    }
    Ok(true)
}

/// Every file below `icons/` that is not a drawing, with its bytes.
fn render(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let app = drawing(&folder.join("autocommit.svg"))?;
    let mut files = Vec::new();
    for (name, pixels) in APP {
        files.push((name.to_owned(), png(&app, pixels)?));
    }
    files.push(("icon.ico".to_owned(), ico(&app)?));
    files.push(("icon.icns".to_owned(), icns(&app)?));
    for state in STATES {
        for name in [state.to_owned(), format!("{state}-template")] {
            let tray = drawing(&folder.join(format!("tray/{name}.svg")))?;
            for pixels in TRAY {
                files.push((format!("tray/{name}-{pixels}.png"), png(&tray, pixels)?));
            }
        }
    }
    Ok(files)
}

fn drawing(path: &Path) -> Result<usvg::Tree> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    usvg::Tree::from_str(&text, &usvg::Options::default()).with_context(|| path.display().to_string())
}

/// The drawing in a square of that many pixels, of which it takes `share` in each direction.
fn raster(drawing: &usvg::Tree, pixels: u32, share: f32) -> Result<Pixmap> {
    let mut pixmap = Pixmap::new(pixels, pixels).context("an icon has a size")?;
    let side = pixels as f32;
    let (scale, margin) = (side * share / drawing.size().width(), side * (1.0 - share) / 2.0);
    let place = Transform::from_scale(scale, scale).post_translate(margin, margin);
    resvg::render(drawing, place, &mut pixmap.as_mut());
    Ok(pixmap)
}

fn png(drawing: &usvg::Tree, pixels: u32) -> Result<Vec<u8>> {
    Ok(raster(drawing, pixels, 1.0)?.encode_png()?)
}

/// Red, green, blue, alpha of each pixel, not premultiplied.
fn rgba(pixmap: &Pixmap) -> Vec<u8> {
    let straight = |pixel: &tiny_skia::PremultipliedColorU8| {
        let colour = pixel.demultiply();
        [colour.red(), colour.green(), colour.blue(), colour.alpha()]
    };
    pixmap.pixels().iter().flat_map(straight).collect()
}

fn ico(drawing: &usvg::Tree) -> Result<Vec<u8>> {
    let mut all = ico::IconDir::new(ico::ResourceType::Icon);
    for pixels in ICO {
        let image = ico::IconImage::from_rgba_data(pixels, pixels, rgba(&raster(drawing, pixels, 1.0)?));
        all.add_entry(ico::IconDirEntry::encode(&image)?);
    }
    let mut bytes = Vec::new();
    all.write(&mut bytes)?;
    Ok(bytes)
}

fn icns(drawing: &usvg::Tree) -> Result<Vec<u8>> {
    let mut all = icns::IconFamily::new();
    for pixels in ICNS {
        let pixmap = raster(drawing, pixels, MACOS_SHARE)?;
        let image = icns::Image::from_data(icns::PixelFormat::RGBA, pixels, pixels, rgba(&pixmap))?;
        all.add_icon(&image)?;
    }
    let mut bytes = Vec::new();
    all.write(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn folder() -> PathBuf {
        workspace_root().join("icons")
    }

    #[test]
    fn what_is_checked_in_is_what_the_drawings_give() {
        let rendered = render(&folder()).unwrap();
        for (name, bytes) in &rendered {
            let there = fs::read(folder().join(name)).unwrap_or_default();
            assert!(there == *bytes, "icons/{name} is not what its drawing gives: cargo xtask icons");
        }
        let ours: BTreeSet<_> = rendered.into_iter().map(|(name, _)| name).collect();
        for (below, prefix) in [("", ""), ("tray", "tray/")] {
            for entry in fs::read_dir(folder().join(below)).unwrap() {
                let name = format!("{prefix}{}", entry.unwrap().file_name().display());
                let drawn = name.ends_with(".svg") || name == "tray";
                assert!(drawn || ours.contains(&name), "nothing draws icons/{name}");
            }
        }
    }

    #[test]
    fn every_state_looks_different_at_every_size() {
        for suffix in ["", "-template"] {
            for pixels in TRAY {
                let picture = |state: &str| {
                    let tree = drawing(&folder().join(format!("tray/{state}{suffix}.svg"))).unwrap();
                    raster(&tree, pixels, 1.0).unwrap()
                };
                for (at, one) in STATES.iter().enumerate() {
                    for other in &STATES[at + 1..] {
                        let (a, b) = (picture(one), picture(other));
                        let pairs = a.pixels().iter().zip(b.pixels());
                        let differing = pairs.filter(|(x, y)| distance(x, y) > 60).count();
                        // A mark of at least three by three pixels at 16.
                        assert!(differing as u32 >= pixels * pixels * 9 / 256, "{one} {other} {pixels}");
                    }
                }
            }
        }
    }

    fn distance(a: &tiny_skia::PremultipliedColorU8, b: &tiny_skia::PremultipliedColorU8) -> u8 {
        let channels = |c: &tiny_skia::PremultipliedColorU8| [c.red(), c.green(), c.blue(), c.alpha()];
        channels(a).iter().zip(channels(b)).map(|(x, y)| x.abs_diff(y)).max().unwrap_or_default()
    }

    #[test]
    fn templates_are_shapes() {
        for state in STATES {
            let tree = drawing(&folder().join(format!("tray/{state}-template.svg"))).unwrap();
            let picture = raster(&tree, 22, 1.0).unwrap();
            assert!(picture.pixels().iter().all(|p| p.red() == 0 && p.green() == 0 && p.blue() == 0));
            assert!(picture.pixels().iter().any(|p| p.alpha() == 255), "{state}");
            assert_eq!(picture.pixels()[0].alpha(), 0, "{state}: nothing in the corner");
        }
    }
}
