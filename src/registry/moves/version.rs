//! Which version comes next.

use crate::component::Version;
use crate::registry::error::{ErrorCode, RegistryError, Result};

/// What is counted up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bump {
    /// `v1.2.3` → `v2.0.0`.
    Major,
    /// `v1.2.3` → `v1.3.0`.
    Minor,
    /// `v1.2.3` → `v1.2.4`.
    Patch,
    /// `v1.2.3` → `v1.2.4-rc.1` → `v1.2.4-rc.2`.
    Prerelease,
}

/// The version that comes after `newest`; the first one where there is none. A pre-release of the wanted kind becomes
/// its release: `v2.0.0-rc.1` → `v2.0.0` for [`Bump::Major`].
///
/// # Errors
/// `usage` where a number is the greatest that there is.
///
/// ```
/// use segue::component::Version;
/// use segue::registry::{Bump, bumped};
/// let newest = Version::parse("v1.2.3")?;
/// assert_eq!(bumped(Some(&newest), Bump::Minor)?.to_string(), "v1.3.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bumped(newest: Option<&Version>, bump: Bump) -> Result<Version> {
    let Some(newest) = newest else {
        let first = match bump {
            Bump::Major => "v1.0.0",
            Bump::Minor => "v0.1.0",
            Bump::Patch => "v0.0.1",
            Bump::Prerelease => "v0.0.1-rc.1",
        };
        return read(first);
    };
    let semver = newest.as_semver();
    let (major, minor, patch) = (semver.major, semver.minor, semver.patch);
    let is_release = semver.pre.is_empty();
    let next = |number: u64| {
        number.checked_add(1).ok_or_else(|| {
            RegistryError::new(
                ErrorCode::Usage,
                format!("no version comes after {newest}: its number is the greatest"),
            )
        })
    };
    let text = match bump {
        Bump::Major if !is_release && minor == 0 && patch == 0 => format!("v{major}.0.0"),
        Bump::Major => format!("v{}.0.0", next(major)?),
        Bump::Minor if !is_release && patch == 0 => format!("v{major}.{minor}.0"),
        Bump::Minor => format!("v{major}.{}.0", next(minor)?),
        Bump::Patch if !is_release => format!("v{major}.{minor}.{patch}"),
        Bump::Patch => format!("v{major}.{minor}.{}", next(patch)?),
        Bump::Prerelease if is_release => format!("v{major}.{minor}.{}-rc.1", next(patch)?),
        Bump::Prerelease => {
            let (rest, last) = semver.pre.rsplit_once('.').unwrap_or(("", &semver.pre));
            match last.parse::<u64>() {
                Ok(number) if rest.is_empty() => format!("v{major}.{minor}.{patch}-{}", next(number)?),
                Ok(number) => format!("v{major}.{minor}.{patch}-{rest}.{}", next(number)?),
                Err(_) => format!("v{major}.{minor}.{patch}-{}.1", semver.pre),
            }
        }
    };
    read(&text)
}

fn read(text: &str) -> Result<Version> {
    Version::parse(text).map_err(|error| RegistryError::new(ErrorCode::InvalidName, error.message))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_next_version_follows_semver() {
        for (newest, major, minor, patch, prerelease) in [
            ("v1.2.3", "v2.0.0", "v1.3.0", "v1.2.4", "v1.2.4-rc.1"),
            ("v1.2.3+build.5", "v2.0.0", "v1.3.0", "v1.2.4", "v1.2.4-rc.1"),
            ("v2.0.0-rc.1", "v2.0.0", "v2.0.0", "v2.0.0", "v2.0.0-rc.2"),
            ("v1.3.0-beta", "v2.0.0", "v1.3.0", "v1.3.0", "v1.3.0-beta.1"),
            ("v1.2.4-9", "v2.0.0", "v1.3.0", "v1.2.4", "v1.2.4-10"),
        ] {
            let newest = Version::parse(newest).expect("a version");
            let next = |bump| bumped(Some(&newest), bump).expect("a version").to_string();
            let all = [Bump::Major, Bump::Minor, Bump::Patch, Bump::Prerelease].map(next);
            assert_eq!(all, [major, minor, patch, prerelease].map(str::to_owned), "{newest}");
            for bump in [Bump::Major, Bump::Minor, Bump::Patch, Bump::Prerelease] {
                assert!(bumped(Some(&newest), bump).expect("a version") > newest);
            }
        }
        assert_eq!(bumped(None, Bump::Major).map(|version| version.to_string()).as_deref(), Ok("v1.0.0"));
        let greatest = Version::parse("v18446744073709551615.0.0").expect("a version");
        assert_eq!(bumped(Some(&greatest), Bump::Major).map_err(|error| error.code), Err(ErrorCode::Usage));
    }
}
