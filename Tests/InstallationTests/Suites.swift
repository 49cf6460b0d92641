import Testing

/// `install-sql` over databases: what it does, what it leaves alone, and what gets in its way.
///
/// One test after the other, because each has a database of its own; beside it run those of ``Schema``.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum Installing {}

/// What is installed: tables, rights, and at work: triggers, lanes, the functions for operators.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum Schema {}
