-- Housekeeping: how long the ledger and the inbox are kept.

insert into tgworker.setting (name, default_value, kind, choices, description) values
    ('keep_ledger_days', '365', 'number', null,
     'How many days the ledger (tgworker.delivery) is kept; 0 is for ever.'),
    ('keep_updates_days', '30', 'number', null,
     'How many days the log of updates (tgworker.update_log) is kept; 0 is for ever. At least two days are kept: by them repetitions are known.');

-- Short and hot: rows come and go with every errand.
alter table tgworker.errand set (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
comment on table tgworker.update_log is
    'The inbox: every update received, once. Written in the transaction that holds everything the update causes; pruned by age.';
