-- A claim does not wait for the disk, so a crash of the database server may forget it: the message was sent, and its row
-- says that it was not. This table tells the next sender that there was one. It is unlogged, and PostgreSQL empties such
-- tables after a crash, and on a standby that is promoted, but not when the server stops in good order (CREATE TABLE,
-- UNLOGGED).
create unlogged table tgworker.crash_witness (
    is_there boolean primary key default true check (is_there),
    doubts_before timestamptz not null
);
comment on table tgworker.crash_witness is
    'One row, put there by the sender, as long as the database server has not crashed; unlogged, so that a crash empties it.';
comment on column tgworker.crash_witness.is_there is 'True: there is one row at most.';
comment on column tgworker.crash_witness.doubts_before is
    'When the sender found the table empty: messages that were ready before may have been sent in an attempt that the crash has forgotten, and their next attempt counts that doubt.';
-- So far nothing can have been forgotten.
insert into tgworker.crash_witness (doubts_before) values ('-infinity');
