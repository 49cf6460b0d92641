// The limit of draining: how fast one thread can empty a queue in PostgreSQL into HTTP requests, with libpq and
// libcurl and nothing else. It keeps the contract of a careful sender: the intent to send is committed before a
// request leaves, and its outcome is committed and on the disk after it. Up to 64 requests are under way, and one
// exchange with the database, which records what has finished and claims what may start.
//
// It leaves out all that makes a sender useful: retries (any failure ends it), the limits Telegram sets, the order of
// a chat's messages, several workers, recovery after a crash, rendering, reconnecting, timeouts, metrics and logs.
//
//     drain prepare    makes the tables anew
//     drain fill N     puts N messages into the queue
//     drain run N      sends N of them, then prints {"messages":…,"seconds":…,"cpu":…,"exchanges":…}
//
// DATABASE_URL says where the database is, API_URL where the requests go: http://HOST:PORT/botTOKEN.
//
//     cc -O2 -Wall -Wextra -std=gnu11 drain.c -o drain $(pkg-config --cflags --libs libpq libcurl)
#include <curl/curl.h>
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLACES = 64, BATCH = 32, INT4 = 23, INT8 = 20, INT8_ARRAY = 1016 };

static const char *const tables =
    "create schema if not exists limits; drop table if exists limits.queue, limits.ledger;"
    "create table limits.queue (id bigint generated always as identity primary key, chat_id bigint not null,"
    " text text not null, attempt int not null default 0, sending_since timestamptz,"
    " available_at timestamptz not null default clock_timestamp());"
    "create index on limits.queue (available_at, id) where sending_since is null;"
    "create table limits.ledger (id bigint, chat_id bigint, attempts int, message_id bigint, text text,"
    " finished_at timestamptz)";

#define CLAIM(LIMIT, CONDITION)                                                                                        \
    "update limits.queue set sending_since = clock_timestamp(), attempt = attempt + 1 where id = any (array("          \
    "select id from limits.queue where sending_since is null and available_at <= now() and " CONDITION                 \
    " order by available_at, id limit " LIMIT " for update skip locked)) returning id, chat_id, text"

// A claim alone does not wait for the disk: it outlives this program, and only a crash of the server could lose it.
static const char *const claim = CLAIM("$1", "(select set_config('synchronous_commit', 'off', true)) is not null");

static const char *const record_and_claim =
    "with gone as (delete from limits.queue using unnest($1, $2) as finished (id, message_id)"
    " where queue.id = finished.id returning queue.*, finished.message_id), kept as (insert into limits.ledger"
    " select id, chat_id, attempt, message_id, text, clock_timestamp() from gone) " CLAIM("$3", "true");

// One request that may be under way, with the message it carries.
typedef struct {
    CURL *easy;
    int64_t id;
    char *body;
    size_t capacity, length;
    char answer[2048];
} Place;

// An array of bigint as PostgreSQL reads it in binary.
typedef struct __attribute__((packed)) {
    uint32_t dimensions, nulls, type, count, lower;
    struct __attribute__((packed)) {
        uint32_t length;
        uint64_t value;
    } items[PLACES];
} Array;

static PGconn *database;
static CURLM *multi;
static Place places[PLACES], *vacant[PLACES];
static int vacancies;
// What has finished and is not recorded.
static Array ids, message_ids;
static int finished;

static void die(const char *what, const char *why) {
    fprintf(stderr, "drain: %s: %.*s\n", what, (int)strcspn(why, "\n"), why);
    exit(1);
}

static void must(int good, const char *what) {
    if (!good) die(what, PQerrorMessage(database));
}

static void execute(PGresult *result) {
    must(PQresultStatus(result) == PGRES_COMMAND_OK, "SQL");
    PQclear(result);
}

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    Place *place = context;
    size_t room = sizeof place->answer - 1 - place->length, kept = size * count < room ? size * count : room;
    memcpy(place->answer + place->length, bytes, kept);
    place->length += kept;
    return size * count;
}

static void open_places(void) {
    char url[1024];
    snprintf(url, sizeof url, "%s/sendMessage", getenv("API_URL"));
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)PLACES);
    for (Place *place = places; place < places + PLACES; place++) {
        vacant[vacancies++] = place;
        place->easy = curl_easy_init();
        curl_easy_setopt(place->easy, CURLOPT_URL, url);
        curl_easy_setopt(place->easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(place->easy, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(place->easy, CURLOPT_PROXY, "");
        curl_easy_setopt(place->easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(place->easy, CURLOPT_PRIVATE, place);
        curl_easy_setopt(place->easy, CURLOPT_WRITEFUNCTION, receive);
        curl_easy_setopt(place->easy, CURLOPT_WRITEDATA, place);
    }
}

static void send_message(int64_t id, int64_t chat_id, const char *text, int length) {
    Place *place = vacant[--vacancies];
    size_t capacity = 64 + 6 * (size_t)length;
    if (capacity > place->capacity && !(place->body = realloc(place->body, place->capacity = capacity))) abort();
    char *end = place->body + sprintf(place->body, "{\"chat_id\":%lld,\"text\":\"", (long long)chat_id);
    for (int i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\') *end++ = '\\';
        if ((unsigned char)text[i] < 0x20) end += sprintf(end, "\\u%04x", text[i]);
        else *end++ = text[i];
    }
    *end++ = '"', *end++ = '}';
    place->id = id;
    place->length = 0;
    curl_easy_setopt(place->easy, CURLOPT_POSTFIELDSIZE, (long)(end - place->body));
    curl_easy_setopt(place->easy, CURLOPT_POSTFIELDS, place->body);
    CURLMcode code = curl_multi_add_handle(multi, place->easy);
    if (code) die("HTTP", curl_multi_strerror(code));
}

static void reap(void) {
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        Place *place;
        if (message->data.result) die("HTTP", curl_easy_strerror(message->data.result));
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &place);
        place->answer[place->length] = 0;
        const char *found = strstr(place->answer, "\"message_id\":");
        if (!found) die("sendMessage", place->answer);
        ids.items[finished].value = htobe64(place->id);
        message_ids.items[finished++].value = htobe64(strtoll(found + strlen("\"message_id\":"), NULL, 10));
        curl_multi_remove_handle(multi, place->easy);
        vacant[vacancies++] = place;
    }
}

static void begin_exchange(int limit) {
    int32_t wire_limit = htobe32(limit);
    int size = sizeof ids - (PLACES - finished) * sizeof *ids.items;
    const char *values[] = {(char *)&ids, (char *)&message_ids, (char *)&wire_limit};
    int lengths[] = {size, size, sizeof wire_limit}, formats[] = {1, 1, 1}, unsent;
    ids.count = message_ids.count = htobe32(finished);
    must(finished ? PQsendQueryPrepared(database, "record_and_claim", 3, values, lengths, formats, 1)
                  : PQsendQueryPrepared(database, "claim", 1, values + 2, lengths + 2, formats, 1), "sending");
    while ((unsent = PQflush(database)) > 0) poll(&(struct pollfd){PQsocket(database), POLLOUT, 0}, 1, -1);
    must(unsent == 0, "sending");
}

static int64_t integer(const PGresult *result, int row, int column) {
    uint64_t value;
    memcpy(&value, PQgetvalue(result, row, column), sizeof value);
    return be64toh(value);
}

// Begins to send what the exchange has claimed: its count, or -1 as long as the server has not committed it.
static int end_exchange(void) {
    static PGresult *claimed;
    must(PQconsumeInput(database), "receiving");
    for (PGresult *result; !PQisBusy(database) && (result = PQgetResult(database)); claimed = result)
        must(PQresultStatus(result) == PGRES_TUPLES_OK, "SQL");
    if (PQtransactionStatus(database) == PQTRANS_ACTIVE) return -1;
    int count = PQntuples(claimed);
    for (int i = 0; i < count; i++)
        send_message(integer(claimed, i, 0), integer(claimed, i, 1), PQgetvalue(claimed, i, 2),
                     PQgetlength(claimed, i, 2));
    PQclear(claimed);
    return count;
}

static void fill(const char *messages) {
    execute(PQexecParams(database, "insert into limits.queue (chat_id, text) select 1000000 + i, 'Order B' ||"
                         " lpad(i::text, 7, '0') || E': confirmed\nMoment: 2026-11-27 20:00:00\nTotal: 100.00 €'"
                         " from generate_series(1, $1::int) i", 1, NULL, &messages, NULL, NULL, 0));
    execute(PQexec(database, "vacuum analyze limits.queue"));
}

static void run(int messages) {
    // The statements are planned once, without knowing how long the queue is: they are to use its indexes.
    execute(PQexec(database, "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;"
                             "set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan; set jit = off"));
    execute(PQprepare(database, "claim", claim, 1, (Oid[]){INT4}));
    execute(PQprepare(database, "record_and_claim", record_and_claim, 3, (Oid[]){INT8_ARRAY, INT8_ARRAY, INT4}));
    ids = (Array){.dimensions = htobe32(1), .type = htobe32(INT8), .lower = htobe32(1)};
    for (int i = 0; i < PLACES; i++) ids.items[i].length = htobe32(sizeof ids.items[i].value);
    message_ids = ids;
    open_places();

    double started = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    int unclaimed = messages, recorded = 0, recording = 0, busy = 0, exchanges = 0, running;
    while (recorded < messages) {
        curl_multi_perform(multi, &running);
        reap();
        // Fewer and larger exchanges cost less, as long as enough requests stay under way meanwhile.
        if (!busy && (finished >= BATCH || vacancies == PLACES)) {
            begin_exchange(unclaimed < vacancies ? unclaimed : vacancies);
            recording = finished;
            finished = 0;
            exchanges += busy = 1;
        }
        struct curl_waitfd socket = {.fd = PQsocket(database), .events = CURL_WAIT_POLLIN};
        curl_multi_poll(multi, &socket, 1, 1000, NULL);
        int claimed = busy && socket.revents ? end_exchange() : -1;
        if (claimed < 0) continue;
        busy = 0;
        recorded += recording;
        unclaimed -= claimed;
        if (recorded < messages && vacancies == PLACES && !finished) die("run", "the queue is empty");
    }
    printf("{\"messages\":%d,\"seconds\":%.3f,\"cpu\":%.3f,\"exchanges\":%d}\n", messages,
           seconds(CLOCK_MONOTONIC) - started, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor, exchanges);
}

int main(int count, char **arguments) {
    const char *command = count > 1 ? arguments[1] : "";
    int number = count > 2 ? atoi(arguments[2]) : 0;
    signal(SIGPIPE, SIG_IGN);
    if (!getenv("DATABASE_URL") || !getenv("API_URL")) die("environment", "DATABASE_URL or API_URL is missing");
    database = PQconnectdb(getenv("DATABASE_URL"));
    must(PQstatus(database) == CONNECTION_OK, "connecting");
    execute(PQexec(database, "set client_min_messages = warning"));
    if (!strcmp(command, "prepare")) execute(PQexec(database, tables));
    else if (!strcmp(command, "fill") && number > 0) fill(arguments[2]);
    else if (!strcmp(command, "run") && number > 0) run(number);
    else die("usage", "drain prepare | fill N | run N");
    PQfinish(database);
}
