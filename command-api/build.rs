//! Tells the program when it was built: on the day of its newest migration. That is the same for everybody who builds
//! the same source, and near enough to notice a server whose clock was never set.

use std::fs;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const MIGRATIONS: &str = "../migrations";
    println!("cargo::rerun-if-changed={MIGRATIONS}");
    let mut built_on = String::from("19700101");
    for entry in fs::read_dir(MIGRATIONS)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let day = name
            .get(..8)
            .filter(|day| day.bytes().all(|byte| byte.is_ascii_digit()));
        built_on = built_on.max(day.unwrap_or_default().to_owned());
    }
    println!("cargo::rustc-env=MUSTER_BUILT_ON={built_on}");
    Ok(())
}
