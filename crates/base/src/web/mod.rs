//! How a request comes in and a page goes out.

pub mod assets;
pub mod difference;
pub mod form;
pub mod headers;
pub mod layout;
pub mod locale;
pub mod origin;
pub mod respond;
pub mod upload;
