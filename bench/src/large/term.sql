-- What is repeated: the events and entries of the registers of the term, each kind in the order in which it is stored.
create temporary table events_of_the_term as
select * from events where school_id = :school and aggregate_type = 'attendance_session'
order by aggregate_id, sequence;
create temporary table entries_of_the_term as
select * from register_entries where school_id = :school
order by date, session_id, student_id;
analyze events_of_the_term;
analyze entries_of_the_term;
