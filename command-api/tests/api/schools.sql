-- Two small schools. Every id is the UUIDv5 of the name in the comment, in the namespace of object identifiers.
update store set kind = 'test';
insert into schools (school_id, sourced_id, code, name, time_zone) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'one', 'ONE', 'School One', 'Africa/Nairobi'), -- school
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'two', 'TWO', 'School Two', 'Africa/Nairobi'); -- other school
insert into policies (school_id, version) values ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 1), ('cfc2edc0-0a36-546b-994a-241785e38577', 1);
insert into calendars (school_id, version) values ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 1), ('cfc2edc0-0a36-546b-994a-241785e38577', 1);
insert into terms (school_id, term_id, sourced_id, title, starts_on, ends_on, taught) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '03001426-67fe-56f9-91d8-90cff6c86823', 'y', 'School year', '2026-01-05', '2026-12-31', false), -- year
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c5cedadd-1fee-5e42-b4fd-37533659c108', 't2', 'Term 2', '2026-05-04', '2026-08-07', true), -- term 2
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'a77d3166-6b8c-5852-be05-6b5ba578cdb8', 't3', 'Term 3', '2026-08-31', '2026-12-04', true), -- term 3
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'abc055ae-a621-50d8-bd7e-468870607f05', 't3', 'Term 3', '2026-08-31', '2026-12-04', true); -- term elsewhere
insert into subjects (school_id, subject_id, title) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '086ccfb4-ca04-52db-a6af-8f9f9c25d41c', 'Mathematics'), -- maths
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '9e1d9cbc-c3a6-5618-96b3-eb818a0c83d4', 'Music'); -- music
insert into slots (school_id, slot, title, sort_order) values ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'am', 'Morning', 1), ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'pm', 'Afternoon', 2);
insert into classes (school_id, class_id, sourced_id, title, subject_id) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', '1a', '1A', '086ccfb4-ca04-52db-a6af-8f9f9c25d41c'), -- class 1A, whose only subject is maths
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'e6789589-de31-5b65-b52b-8336959e4a53', '2b', '2B', null), -- class 2B
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'f1798f16-08f3-5b74-acce-a4fca7cab47e', '1a', '1A', null); -- class elsewhere
insert into class_terms (school_id, class_id, term_id) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', '03001426-67fe-56f9-91d8-90cff6c86823'), ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'e6789589-de31-5b65-b52b-8336959e4a53', 'a77d3166-6b8c-5852-be05-6b5ba578cdb8');
insert into users (school_id, user_id, username, name, role) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'd955b151-7a75-5694-bd8d-8ad6e3c93d8d', 'akinyi', 'teacher Akinyi', 'teacher'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c4459b9f-a3e0-562a-9c8d-e18c75289a6e', 'baraka', 'teacher Baraka', 'teacher'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'ae6c10d0-0b13-554c-b976-a05d8a18f0cc', 'office', 'admin', 'admin'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '39c6aa00-e209-5915-b0bc-5b712005b4e1', 'auditor', 'auditor', 'auditor'),
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'f9b6b07e-763b-55d6-a3b2-4125ec640c1e', 'akinyi', 'teacher elsewhere', 'teacher'); -- by name
insert into students (school_id, student_id, sourced_id, name, sort_name) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'b85c5261-2078-52a4-8f4f-afd75bb57f5f', 'student 1', 'student 1', 'student 1'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '8931a10b-4919-5ca7-b688-ecda20520f13', 'student 2', 'student 2', 'student 2'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '68654fa1-c383-595c-8f02-09d0c5ed8d3c', 'student 3', 'student 3', 'student 3'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', '78e266a4-49a6-5adf-b427-49ce8d6f54ab', 'student in 2B', 'student in 2B', 'student in 2B'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'bb0f1d36-d983-526e-992c-10b8780a5184', 'student without class', 'student without class', 'student without class'),
  ('cfc2edc0-0a36-546b-994a-241785e38577', '569beb0c-8b14-5880-96a7-48b624cd9023', 'student elsewhere', 'student elsewhere', 'student elsewhere'); -- by name
insert into enrolments (school_id, class_id, student_id, from_date) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', 'b85c5261-2078-52a4-8f4f-afd75bb57f5f', '2026-01-05'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', '8931a10b-4919-5ca7-b688-ecda20520f13', '2026-01-05'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', '68654fa1-c383-595c-8f02-09d0c5ed8d3c', '2026-01-05'),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'e6789589-de31-5b65-b52b-8336959e4a53', '78e266a4-49a6-5adf-b427-49ce8d6f54ab', '2026-01-05'),
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'f1798f16-08f3-5b74-acce-a4fca7cab47e', '569beb0c-8b14-5880-96a7-48b624cd9023', '2026-01-05');
insert into teaching (school_id, class_id, teacher_id, from_date, until_date) values
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', 'd955b151-7a75-5694-bd8d-8ad6e3c93d8d', '2026-01-05', null),
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'e6789589-de31-5b65-b52b-8336959e4a53', 'c4459b9f-a3e0-562a-9c8d-e18c75289a6e', '2026-01-05', null),
  -- Baraka covered 1A for a day.
  ('9dfada2c-9d4d-5edf-9fd4-24a85e9cca3d', 'c21df0f3-5a45-5b84-a070-86092773bb4b', 'c4459b9f-a3e0-562a-9c8d-e18c75289a6e', '2026-11-23', '2026-11-24'),
  ('cfc2edc0-0a36-546b-994a-241785e38577', 'f1798f16-08f3-5b74-acce-a4fca7cab47e', 'f9b6b07e-763b-55d6-a3b2-4125ec640c1e', '2026-01-05', null);
