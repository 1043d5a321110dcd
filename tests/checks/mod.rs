//! What must hold for any text whatever. Property tests and fuzz targets share it; a check that fails panics.

pub(crate) mod evaluating;
pub(crate) mod parsing;
pub(crate) mod show;
