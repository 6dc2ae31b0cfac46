//! Devices: what each said of itself when it was last heard of.

mod list_devices;

pub(crate) use list_devices::*;
