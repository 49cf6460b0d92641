// The shop: changes the states of orders at given moments and says when each commit was sent and had returned, to be
// compared with when the messages arrived. A change is one transaction as Odoo makes it: repeatable read, the update,
// the commit as a message of its own.
//
// It leaves out everything else Odoo does in such a transaction, and the load of many users: one connection, one
// change after the other. A change that is late because the one before took long is not made up for.
//
//     orders run COUNT INTERVAL_US FIRST_ID    changes orders FIRST_ID … FIRST_ID + COUNT - 1, one each interval, then
//                                              prints a line for each: id, and before and after its commit the
//                                              CLOCK_MONOTONIC in ns
//
// DATABASE_URL says where the database is.
//
//     cc -O2 -Wall -Wextra -std=gnu11 orders.c -o orders $(pkg-config --cflags --libs libpq libcurl)
#include <errno.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    int64_t before, after;
} Commit;

static PGconn *database;

static void die(const char *what, const char *why) {
    fprintf(stderr, "orders: %s: %.*s\n", what, (int)strcspn(why, "\n"), why);
    exit(1);
}

// Executes it and demands that it ends as told: a transaction that failed answers its commit with ROLLBACK.
static void execute(const char *sql, const char *end) {
    PGresult *result = PQexec(database, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) die(sql, PQerrorMessage(database));
    if (strcmp(PQcmdStatus(result), end)) die(sql, PQcmdStatus(result));
    PQclear(result);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void sleep_until(int64_t moment) {
    struct timespec time = {.tv_sec = moment / 1000000000, .tv_nsec = moment % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {}
}

static int64_t number(const char *text, int64_t least) {
    char *end;
    int64_t value = strtoll(text, &end, 10);
    if (*end || end == text || value < least || value > INT32_MAX) die("not a fitting number", text);
    return value;
}

int main(int arguments, char **argument) {
    if (arguments != 5 || strcmp(argument[1], "run")) die("usage", "orders run COUNT INTERVAL_US FIRST_ID");
    int64_t count = number(argument[2], 1), interval = number(argument[3], 0) * 1000, first = number(argument[4], 1);
    if (!getenv("DATABASE_URL")) die("environment", "DATABASE_URL is missing");
    database = PQconnectdb(getenv("DATABASE_URL"));
    if (PQstatus(database) != CONNECTION_OK) die("connecting", PQerrorMessage(database));
    execute("prepare change (int) as update public.sale_order"
            " set state = case state when 'sale' then 'sent' else 'sale' end where id = $1", "PREPARE");
    Commit *commits = calloc((size_t)count, sizeof *commits);
    if (!commits) die("memory", strerror(errno));

    int64_t start = now();
    for (int64_t i = 0; i < count; i++) {
        char change[96];
        snprintf(change, sizeof change, "begin isolation level repeatable read; execute change(%lld)",
                 (long long)(first + i));
        sleep_until(start + i * interval);
        execute(change, "UPDATE 1");
        commits[i].before = now();
        execute("commit", "COMMIT");
        commits[i].after = now();
    }
    for (int64_t i = 0; i < count; i++)
        printf("%lld %lld %lld\n", (long long)(first + i), (long long)commits[i].before, (long long)commits[i].after);
    free(commits);
    PQfinish(database);
}
