-- The grades that a class is of, as the files of the import name them (OneRoster 1.2, classes.csv, `grades`): a list, joined
-- by commas; null if they name none. A class of several grades is a group of its own.
alter table classes add column grades text;
