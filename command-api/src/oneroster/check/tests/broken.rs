//! Folders with bad cells and references: exactly what is said of each.

use std::collections::HashMap;

use super::*;

/// The good roster with some files replaced by these bytes, or taken away.
fn complaints(changes: &[(&str, Option<&[u8]>)]) -> String {
    let mut files: HashMap<&str, &[u8]> = GOOD
        .map(|(name, content)| (name, content.as_bytes()))
        .into();
    for (name, content) in changes {
        match content {
            Some(content) => files.insert(name, content),
            None => files.remove(name),
        };
    }
    let (_, findings) = check(
        &RosterFiles::of(files),
        &Known::default(),
        EndDates::Exclusive,
    );
    findings.to_string()
}

/// Holds what is said against what should be.
pub(super) fn expect(changes: &[(&str, &str)], expected: &[&str]) {
    let changes: Vec<_> = changes
        .iter()
        .map(|(name, content)| (*name, Some(content.as_bytes())))
        .collect();
    expect_bytes(&changes, expected);
}

pub(super) fn expect_bytes(changes: &[(&str, Option<&[u8]>)], expected: &[&str]) {
    let said = complaints(changes);
    assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{changes:?}");
}

pub(super) const ORGS: &str = "sourcedId,name,type,identifier\n";
pub(super) const SESSIONS: &str = "sourcedId,title,type,startDate,endDate\n";
pub(super) const CLASSES: &str = "sourcedId,status,title,schoolSourcedId,termSourcedIds,periods\n";
pub(super) const USERS: &str =
    "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\n";
pub(super) const ENROLMENTS: &str =
    "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n";

pub(super) fn with(header: &str, rows: &str) -> String {
    format!("{header}{rows}")
}

#[test]
fn every_bad_cell_of_every_file_is_said() {
    expect(
        &[
            (
                "orgs.csv",
                &with(
                    ORGS,
                    "d,District,district,\ns,Hill School,school,HILL\ns2,Lake School,school,Hill\ns2,,school,LAKE\n",
                ),
            ),
            (
                "academicSessions.csv",
                &with(
                    SESSIONS,
                    "t,Term 1,term,2026-09-01,2026-09-01\nx,Term 2,term,01/02/2027,\n",
                ),
            ),
            (
                "classes.csv",
                &with(
                    CLASSES,
                    "c,,Grade 3,s,t,\nc2,maybe,Grade 4,d,t,\nc3,,Grade 5,nowhere,t8,\nc4,,Grade 6,s,t9,Übung\nc5,,,s,,\n",
                ),
            ),
            (
                "users.csv",
                &with(
                    USERS,
                    "u1,yes,s,teacher,ann,Ann,Otieno\nu2,true,\"s8,s9\",student,,,Mwangi\nu3,true,s,teacher,Ann,Eve,Njeri\n\
                     u4,true,s,teacher,,Joy,Akinyi\n",
                ),
            ),
        ],
        &[
            "academicSessions.csv, row 2, column endDate: 2026-09-01 ends the session before it begins on 2026-09-01: correct one of the dates",
            "academicSessions.csv, row 3, column startDate: \"01/02/2027\" is not a date: write it like 2026-09-01",
            "academicSessions.csv, row 3, column endDate: is empty: write a date like 2026-09-01",
            "classes.csv, row 3, column status: \"maybe\" is neither active nor tobedeleted: write one of them",
            "classes.csv, row 3, column schoolSourcedId: \"District\" is not an org of type school: name the school of the class",
            "classes.csv, row 4, column termSourcedIds: \"t8\" is not in academicSessions.csv: add the session or correct the id",
            "classes.csv, row 4, column schoolSourcedId: \"nowhere\" is not in orgs.csv: add the school or correct the id",
            "classes.csv, row 5, column periods: \"Übung\" cannot name a period: use at most 31 letters a-z, digits, hyphens or underscores",
            "classes.csv, row 5, column termSourcedIds: \"t9\" is not in academicSessions.csv: add the session or correct the id",
            "classes.csv, row 6, column termSourcedIds: is empty: name the terms in which the class is taught",
            "classes.csv, row 6, column title: is empty: fill it in",
            "orgs.csv, row 4, column identifier: the login code \"Hill\" is also that of the school in row 3: give every school its own identifier",
            "orgs.csv, row 5, column name: is empty: fill it in",
            "orgs.csv, row 5, column sourcedId: \"s2\" stands in row 4 already: every row needs its own",
            "users.csv, row 2, column enabledUser: \"yes\" is neither true nor false: write one of them",
            "users.csv, row 3, column givenName: is empty: fill it in",
            "users.csv, row 3, column orgSourcedIds: \"s8\" is not in orgs.csv: add the org or correct the id",
            "users.csv, row 3, column orgSourcedIds: \"s9\" is not in orgs.csv: add the org or correct the id",
            "users.csv, row 4, column username: \"Ann\" is the username of the teacher in row 2 already: give each their own",
            "users.csv, row 5, column username: is empty: a teacher needs one to sign in, fill it in",
        ],
    );
}

#[test]
fn every_bad_reference_of_a_row_is_said_and_its_dates_as_well() {
    expect(
        &[(
            "enrollments.csv",
            &with(
                ENROLMENTS,
                "e1,,c9,s9,u9,student,2026-09-01,2026-09-01\ne2,,c,d,u9,teacher,9/1/2026,\ne3,,,s,,student,,\n\
                 e4,gone,c9,s,u2,,,2026-13-01\n",
            ),
        )],
        &[
            "enrollments.csv, row 2, column schoolSourcedId: \"s9\" is not in orgs.csv: add the school or correct the id",
            "enrollments.csv, row 2, column classSourcedId: \"c9\" is not in classes.csv: add the class or correct the id",
            "enrollments.csv, row 2, column userSourcedId: \"u9\" is not in users.csv: add the user or correct the id",
            "enrollments.csv, row 2, column endDate: 2026-09-01 is not after the first day, 2026-09-01: correct it, or import with inclusive end dates if it is the last day",
            "enrollments.csv, row 3, column beginDate: \"9/1/2026\" is not a date: write it like 2026-09-01",
            "enrollments.csv, row 3, column schoolSourcedId: \"District\" is not an org of type school: name the school of the class",
            "enrollments.csv, row 3, column userSourcedId: \"u9\" is not in users.csv: add the user or correct the id",
            "enrollments.csv, row 4, column classSourcedId: is empty: fill it in",
            "enrollments.csv, row 4, column userSourcedId: is empty: fill it in",
            "enrollments.csv, row 5, column role: is empty: fill it in",
            "enrollments.csv, row 5, column endDate: \"2026-13-01\" is not a date: write it like 2026-09-01",
            "enrollments.csv, row 5, column status: \"gone\" is neither active nor tobedeleted: write one of them",
            "enrollments.csv, row 5, column classSourcedId: \"c9\" is not in classes.csv: add the class or correct the id",
        ],
    );
}

#[test]
fn a_class_of_another_school_is_said() {
    expect(
        &[
            (
                "orgs.csv",
                &with(
                    ORGS,
                    "d,D,district,\ns,Hill,school,HILL\ns2,Lake,school,LAKE\n",
                ),
            ),
            (
                "enrollments.csv",
                &with(ENROLMENTS, "e1,,c,s2,u2,student,,\n"),
            ),
        ],
        &[
            "enrollments.csv, row 2, column schoolSourcedId: differs from the school of \"Grade 3\" in classes.csv: correct one of them",
        ],
    );
}

#[test]
fn a_school_is_needed_and_a_line_break_in_its_name_breaks_no_message() {
    expect(
        &[(
            "orgs.csv",
            &with(ORGS, "d,\"Dis\r\ntrict\",district,\ns,Hill,district,\n"),
        )],
        &[
            "classes.csv, row 2, column schoolSourcedId: \"Hill\" is not an org of type school: name the school of the class",
            "enrollments.csv, row 2, column schoolSourcedId: \"Hill\" is not an org of type school: name the school of the class",
            "enrollments.csv, row 3, column schoolSourcedId: \"Hill\" is not an org of type school: name the school of the class",
            "orgs.csv: holds no org of type school: add the school, nothing can be imported without one",
        ],
    );
    let org = with(ORGS, "d,\"Dis\r\ntrict\",district,\ns,Hill,school,\n");
    expect(
        &[
            ("orgs.csv", &org),
            (
                "classes.csv",
                "sourcedId,title,schoolSourcedId,termSourcedIds\nc,\"Grade\n3\",d,t\n",
            ),
            ("enrollments.csv", ENROLMENTS),
        ],
        &[
            "classes.csv, row 2, column schoolSourcedId: \"Dis trict\" is not an org of type school: name the school of the class",
        ],
    );
}

#[test]
fn a_role_that_nobody_knows_is_said_in_users_roles_and_enrolments() {
    const UNKNOWN: &str = "is no role of OneRoster: write student, teacher or another role of the standard; one of your own begins with ext:";
    expect(
        &[
            (
                "users.csv",
                &with(
                    USERS,
                    "u1,true,s,Teacher,ann,Ann,Otieno\nu2,true,s,pupil,,Ben,Mwangi\nu3,true,s,GUARDIAN,,Eve,Njeri\n\
                     u4,true,s,ext:nurse,,Joy,Akinyi\n",
                ),
            ),
            (
                "enrollments.csv",
                &with(
                    ENROLMENTS,
                    "e1,,c,s,u1,techer,,\ne2,,c,s,u2,student,,\ne3,,c,s,u9,proctor,,\n",
                ),
            ),
        ],
        &[
            &format!("enrollments.csv, row 2, column role: \"techer\" {UNKNOWN}"),
            &format!("users.csv, row 3, column role: \"pupil\" {UNKNOWN}"),
        ],
    );
    expect(
        &[
            (
                "manifest.csv",
                "propertyName,value\noneroster.version,1.2\nfile.academicSessions,bulk\nfile.orgs,bulk\nfile.users,bulk\n\
                 file.roles,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n",
            ),
            (
                "roles.csv",
                "sourcedId,userSourcedId,role,orgSourcedId\nr1,u1,siteAdministrator,s\nr2,u8,pupil,s8\n",
            ),
        ],
        &[
            &format!("roles.csv, row 3, column role: \"pupil\" {UNKNOWN}"),
            "roles.csv, row 3, column orgSourcedId: \"s8\" is not in orgs.csv: add the org or correct the id",
            "roles.csv, row 3, column userSourcedId: \"u8\" is not in users.csv: add the user or correct the id",
        ],
    );
}
