import Postgres

extension Statement {
    /// How a session of the worker is to plan: its statements take a fraction of a millisecond, whatever the planner thinks.
    /// Compiling them would take a hundred, and planning them anew for each set of values more than running them. And a plan
    /// that was made while a table was small is kept until its statistics are taken again: it must not read the table whole.
    static let planning = [
        Statement("set jit = off"), Statement("set plan_cache_mode = force_generic_plan"),
        Statement("set enable_seqscan = off"),
    ]
}
