//! The tray icons as a panel shows them: every size on light and dark grounds, three times as large.

use super::{STATES, TRAY, drawing, raster};
use anyhow::{Context, Result};
use resvg::tiny_skia::{Color, FilterQuality, Paint, Pixmap, PixmapPaint, Rect, Transform};
use std::path::Path;

/// Panels met in the field: white, light, middle, dark, black, coloured.
const GROUNDS: [(u8, u8, u8); 6] =
    [(255, 255, 255), (232, 232, 232), (154, 154, 154), (45, 45, 45), (0, 0, 0), (52, 101, 164)];
const CELL: u32 = 56;
const ZOOM: u32 = 3;

/// A PNG with one row per ground, and per size the four states.
pub(super) fn draw(folder: &Path) -> Result<Vec<u8>> {
    let columns = (TRAY.len() * STATES.len()) as u32;
    let rows = GROUNDS.len() as u32;
    let mut small = Pixmap::new(columns * CELL, rows * CELL).context("a sheet has a size")?;
    for (row, (red, green, blue)) in GROUNDS.into_iter().enumerate() {
        let top = (row as u32 * CELL) as f32;
        let ground =
            Rect::from_xywh(0.0, top, small.width() as f32, CELL as f32).context("a row has a size")?;
        let mut paint = Paint::default();
        paint.set_color(Color::from_rgba8(red, green, blue, 255));
        small.fill_rect(ground, &paint, Transform::identity(), None);
        let mut left = 0;
        for pixels in TRAY {
            for state in STATES {
                let icon = raster(&drawing(&folder.join(format!("tray/{state}.svg")))?, pixels, 1.0)?;
                let inset = (CELL - pixels) / 2;
                let (x, y) = ((left + inset) as i32, (row as u32 * CELL + inset) as i32);
                small.draw_pixmap(x, y, icon.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
                left += CELL;
            }
        }
    }
    let mut sheet = Pixmap::new(small.width() * ZOOM, small.height() * ZOOM).context("a sheet has a size")?;
    let paint = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
    let zoom = Transform::from_scale(ZOOM as f32, ZOOM as f32);
    sheet.draw_pixmap(0, 0, small.as_ref(), &paint, zoom, None);
    Ok(sheet.encode_png()?)
}
