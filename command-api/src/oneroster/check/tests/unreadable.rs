//! Folders of which a part cannot be read: that is said, and what is wrong with the rest, and nothing that only follows.

use super::broken::{CLASSES, ENROLMENTS, USERS, expect, expect_bytes, with};

#[test]
fn a_file_without_a_column_is_checked_in_the_others() {
    expect(
        &[
            ("orgs.csv", "sourcedId,name,type\ns,Hill School,school\n"),
            (
                "users.csv",
                "sourcedId,enabledUser,orgSourcedIds,givenName,familyName\nu1,true,s,Ann,Otieno\nu2,true,s9,Ben,Mwangi\n",
            ),
            (
                "classes.csv",
                "sourcedId,title,schoolSourcedId\nc,Grade 3,s9\n",
            ),
            (
                "enrollments.csv",
                "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,endDate\n\
                 e1,c,s,u1,teacher,\ne2,c,s,u9,student,\n",
            ),
        ],
        &[
            "classes.csv, row 1: the column termSourcedIds is missing: add it",
            "classes.csv, row 2, column schoolSourcedId: \"s9\" is not in orgs.csv: add the school or correct the id",
            "enrollments.csv, row 1: the column beginDate is missing: add it",
            "enrollments.csv, row 3, column userSourcedId: \"u9\" is not in users.csv: add the user or correct the id",
            "orgs.csv, row 1: the column identifier is missing: add it",
            "users.csv, row 1: the column role is missing: add it",
            "users.csv, row 1: the column username is missing: add it",
            "users.csv, row 3, column orgSourcedIds: \"s9\" is not in orgs.csv: add the org or correct the id",
        ],
    );
}

#[test]
fn orgs_of_unknown_types_are_neither_schools_nor_others() {
    expect(
        &[(
            "orgs.csv",
            "sourcedId,name,identifier\nd,District,\ns,Hill School,HILL\n",
        )],
        &["orgs.csv, row 1: the column type is missing: add it"],
    );
}

#[test]
fn without_ids_of_its_rows_a_file_may_hold_what_others_refer_to() {
    expect(
        &[
            (
                "users.csv",
                "enabledUser,orgSourcedIds,role,username,givenName,familyName\ntrue,s,student,,Ben,Mwangi\n",
            ),
            (
                "classes.csv",
                "sourcedId;title;schoolSourcedId;termSourcedIds\nc;Grade 3;s;t\n",
            ),
            ("academicSessions.csv", ""),
        ],
        &[
            "academicSessions.csv: is empty: it needs at least the row with the column names",
            "classes.csv, row 1: the columns are not separated by commas: save it as CSV with commas",
            "users.csv, row 1: the column sourcedId is missing: add it",
        ],
    );
}

#[test]
fn rows_of_another_length_are_known_by_their_ids() {
    expect(
        &[
            (
                "users.csv",
                &with(
                    USERS,
                    "u1,true,s,teacher,ann,Ann\nu2,true,s,student,,Ben,Mwangi,x\nu3,true,s,student,,Cate,Njeri\n",
                ),
            ),
            ("classes.csv", &with(CLASSES, "c,,Grade 3\n")),
            (
                "enrollments.csv",
                &with(
                    ENROLMENTS,
                    "e1,,c,s,u1,teacher,,\ne2,,c,s,u2,student,,\ne3,,c,s,u4,student,,\ne4,,c,s\n",
                ),
            ),
        ],
        &[
            "classes.csv, row 2: has 3 cells, but the header names 6: check its commas and quotation marks",
            "enrollments.csv, row 4, column userSourcedId: \"u4\" is not in users.csv: add the user or correct the id",
            "enrollments.csv, row 5: has 4 cells, but the header names 8: check its commas and quotation marks",
            "users.csv, row 2: has 6 cells, but the header names 7: check its commas and quotation marks",
            "users.csv, row 3: has 8 cells, but the header names 7: check its commas and quotation marks",
        ],
    );
}

#[test]
fn rows_that_an_open_quotation_mark_swallows_are_not_missed() {
    expect(
        &[
            (
                "users.csv",
                &with(
                    USERS,
                    "u1,true,s,teacher,ann,\"Ann,Otieno\nu2,true,s,student,,Ben,Mwangi\n",
                ),
            ),
            (
                "enrollments.csv",
                &with(
                    ENROLMENTS,
                    "e1,,c,s,u1,teacher,,\ne2,,c,s,u2,student,,\ne3,,c,s,u3,student,,\n",
                ),
            ),
        ],
        &[
            "enrollments.csv, row 4, column userSourcedId: \"u3\" is not in users.csv: add the user or correct the id",
            "users.csv, row 2: has 6 cells, but the header names 7: check its commas and quotation marks",
        ],
    );
}

#[test]
fn a_cell_that_cannot_be_read_is_said_once() {
    let users = b"sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\n\
        u1,true,s,teacher,a\0nn,Ann,Otieno\nu2,true,s,student,,Jos\xE9,Mwangi\nu\xE9,true,s,student,,Cate,Njeri\n";
    let classes = b"sourcedId,title,schoolSourcedId,termSourcedIds\nc,Grade 3,s\0,t\xE9\n";
    let orgs = b"sourcedId,name,type,identifier\ns,Hill,sch\0ool,HILL\n";
    expect_bytes(
        &[
            ("users.csv", Some(users)),
            ("classes.csv", Some(classes)),
            ("orgs.csv", Some(orgs)),
        ],
        &[
            "classes.csv, row 2, column schoolSourcedId: holds a NUL character: remove it",
            "classes.csv, row 2, column termSourcedIds: is not UTF-8: save the file as UTF-8",
            "orgs.csv, row 2, column type: holds a NUL character: remove it",
            "users.csv, row 2, column username: holds a NUL character: remove it",
            "users.csv, row 3, column givenName: is not UTF-8: save the file as UTF-8",
            "users.csv, row 4, column sourcedId: is not UTF-8: save the file as UTF-8",
        ],
    );
}

#[test]
fn files_that_are_not_there_or_no_text_are_said_once() {
    let utf16 = b"\xFF\xFEs\0o\0u\0r\0c\0e\0";
    expect_bytes(
        &[("users.csv", Some(utf16)), ("classes.csv", None)],
        &[
            "manifest.csv, row 7, column value: says that classes.csv is bulk, but there is no such file: add it or write absent",
            "users.csv: is UTF-16: save it as CSV in UTF-8",
        ],
    );
}

/// One bad reference that every manifest leaves to be found.
const BAD_CLASS: (&str, &str) = (
    "classes.csv",
    "sourcedId,title,schoolSourcedId,termSourcedIds\nc,Grade 3,s9,t\n",
);
const BAD_CLASS_SAID: &str = "classes.csv, row 2, column schoolSourcedId: \"s9\" is not in orgs.csv: add the school or correct the id";

#[test]
fn the_files_are_checked_whatever_the_manifest_lacks() {
    let manifests: [(&str, &[&str]); 5] = [
        (
            "propertyName,value\nfile.academicSessions,bulk\nfile.orgs,bulk\nfile.classes,bulk\n",
            &[
                "manifest.csv: has no row oneroster.version: add one with the value 1.1 or 1.2",
                "manifest.csv: has no row file.users: add one with the value bulk or delta",
                "manifest.csv: has no row file.enrollments: add one with the value bulk or delta",
            ],
        ),
        (
            "propertyName,value\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\n\
             file.classes,\"all of\nit\"\nfile.users,bulk\nfile.enrollments,\n",
            &[
                "manifest.csv, row 5, column value: \"all of it\" is neither bulk, delta nor absent: write one of them",
                "manifest.csv, row 7, column value: \"\" is neither bulk, delta nor absent: write one of them",
            ],
        ),
        (
            "propertyName\noneroster.version\n",
            &[
                "manifest.csv: has no row file.academicSessions: add one with the value bulk or delta",
                "manifest.csv: has no row file.orgs: add one with the value bulk or delta",
                "manifest.csv: has no row file.classes: add one with the value bulk or delta",
                "manifest.csv: has no row file.users: add one with the value bulk or delta",
                "manifest.csv: has no row file.enrollments: add one with the value bulk or delta",
                "manifest.csv, row 1: the column value is missing: add it",
            ],
        ),
        (
            "propertyName,value\noneroster.version,1.1,\nfile.academicSessions,bulk,\nfile.orgs,bulk\nfile.classes,bulk,\n\
             file.users,bulk,\nfile.enrollments,bulk,\n",
            &[
                "manifest.csv, row 2: has 3 cells, but the header names 2: check its commas and quotation marks",
                "manifest.csv, row 3: has 3 cells, but the header names 2: check its commas and quotation marks",
                "manifest.csv, row 5: has 3 cells, but the header names 2: check its commas and quotation marks",
                "manifest.csv, row 6: has 3 cells, but the header names 2: check its commas and quotation marks",
                "manifest.csv, row 7: has 3 cells, but the header names 2: check its commas and quotation marks",
            ],
        ),
        (
            "propertyName;value\noneroster.version;1.1\n",
            &[
                "manifest.csv, row 1: the columns are not separated by commas: save it as CSV with commas",
            ],
        ),
    ];
    for (manifest, said) in manifests {
        let expected: Vec<&str> = [BAD_CLASS_SAID].iter().chain(said).copied().collect();
        expect(&[("manifest.csv", manifest), BAD_CLASS], &expected);
    }
}

#[test]
fn without_a_manifest_the_files_are_checked_all_the_same() {
    let bad = Some(BAD_CLASS.1.as_bytes());
    expect_bytes(
        &[("manifest.csv", None), (BAD_CLASS.0, bad)],
        &[
            BAD_CLASS_SAID,
            "manifest.csv: is missing: add it, it says which version the files have and whether each is bulk or delta",
        ],
    );
}

#[test]
fn files_of_another_version_are_not_judged_by_these_rules() {
    expect(
        &[
            (
                "manifest.csv",
                "propertyName,value\noneroster.version,2.0\n",
            ),
            BAD_CLASS,
        ],
        &[
            "manifest.csv, row 2, column value: OneRoster \"2.0\" is not known: export the files as 1.1 or 1.2",
        ],
    );
}
