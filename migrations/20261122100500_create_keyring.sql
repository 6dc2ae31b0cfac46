-- Keys of sealed free text, each wrapped by the master key, which is not in the database. In a schema of its own so
-- that a backup of the data can leave it out and a backup of the keys can be made apart. Without its key a text reads
-- as erased.
create schema keyring;

create table keyring.text_keys (
  school_id uuid not null,
  key_id uuid not null,
  -- The student the texts are about; the school itself for texts without a student.
  subject_id uuid not null,
  -- From 1. A subject gets a further key when none of its keys can be unwrapped with the master keys at hand.
  generation int not null,
  wrapped_key bytea not null,
  constraint text_keys_pkey primary key (school_id, key_id),
  constraint text_keys_generation_key unique (school_id, subject_id, generation),
  constraint text_keys_generation_check check (generation > 0)
);

alter table keyring.text_keys enable row level security;
create policy text_keys_of_the_school on keyring.text_keys to muster_app
  using (school_id = (select current_school())) with check (school_id = (select current_school()));
grant usage on schema keyring to muster_app;
grant select, insert on keyring.text_keys to muster_app;
