//! Ids that follow from what a thing is called, so that everybody who knows the name finds the same id.

use uuid::{Uuid, uuid};

use super::{ClassId, SchoolId, StudentId, SubjectId, TermId, UserId};

/// The namespace of every derived id: the UUIDv5 of `urn:muster:id:1` among URLs.
const NAMESPACE: Uuid = uuid!("2dce0ac7-4c7e-5885-b157-d4559b86cccd");

/// The UUIDv5 of a name in our namespace.
pub(super) fn derive(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

impl SchoolId {
    /// The id of the school that its roster files call `org_sourced_id`.
    pub fn of_org(org_sourced_id: &str) -> Self {
        derive(&format!("school|{org_sourced_id}")).into()
    }
}

macro_rules! of_org_and_sourced_id {
    ($($name:ident as $kind:literal),+ $(,)?) => {
        $(impl $name {
            #[doc = concat!("The id of the ", $kind, " that the roster files of the school `org` call `sourced_id`.")]
            pub fn of(org: &str, sourced_id: &str) -> Self {
                derive(&format!(concat!($kind, "|{}|{}"), org, sourced_id)).into()
            }
        })+
    };
}

of_org_and_sourced_id!(
    ClassId as "class",
    StudentId as "student",
    UserId as "staff",
    SubjectId as "subject",
    TermId as "term",
);

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: &str = "58b5ff47-4409-4804-be32-7f3ac3b5aa81";

    #[test]
    fn the_namespace_is_the_one_of_the_contract() {
        let expected = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:muster:id:1");
        assert_eq!(NAMESPACE, expected);
    }

    #[test]
    fn a_school_and_its_class_get_the_ids_of_the_contract() {
        let school = SchoolId::of_org(ORG).to_string();
        let class = ClassId::of(ORG, "96864fc2-d7ec-4604-a8a4-2df8240e1948").to_string();
        assert_eq!(school, "b987390a-ec7e-53f2-b891-f0e9ad84cbb8");
        assert_eq!(class, "21d01924-32d0-57ec-93b8-807238824e08");
    }

    #[test]
    fn one_sourced_id_gives_every_kind_an_id_of_its_own() {
        let ids = [
            ClassId::of(ORG, "7").as_uuid(),
            StudentId::of(ORG, "7").as_uuid(),
            UserId::of(ORG, "7").as_uuid(),
            SubjectId::of(ORG, "7").as_uuid(),
            TermId::of(ORG, "7").as_uuid(),
        ];
        let names = ["class", "student", "staff", "subject", "term"];
        for (id, kind) in ids.into_iter().zip(names) {
            assert_eq!(id, derive(&format!("{kind}|{ORG}|7")));
        }
    }
}
