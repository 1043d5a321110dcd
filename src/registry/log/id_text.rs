//! Names of objects in the JSON of an entry.

use serde::{Deserialize, Deserializer, Serializer};

use crate::registry::git::ObjectId;

pub(super) fn serialize<S: Serializer>(id: &ObjectId, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(id.as_str())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ObjectId, D::Error> {
    let text = Box::<str>::deserialize(from)?;
    ObjectId::parse(&*text).ok_or_else(|| serde::de::Error::custom("no full object name"))
}
