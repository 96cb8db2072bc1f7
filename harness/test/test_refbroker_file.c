/* The file in which the reference broker keeps sessions over a restart. */
#include "refbroker/persist.h"
#include "refbroker/queue.h"
#include "refbroker/retained.h"
#include "refbroker/session.h"
#include "refbroker/subscription.h"
#include "test/scratch.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A broker without listeners. */
struct stock {
    uv_loop_t loop;
    struct broker broker;
};

static void end(struct stock *stock)
{
    broker_free(&stock->broker);
    uv_run(&stock->loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&stock->loop), 0);
}

enum { FILE_MAX = 1024 };

static struct message *some_message(const struct broker *broker, uint8_t qos)
{
    struct message_draft draft = {.version = MQTT_3_1_1,
                                  .topic = slice_of("a/b"),
                                  .payload = slice_of("kept"),
                                  .qos = qos,
                                  .arrived = broker_now(broker)};
    struct message *message = message_new(&draft);

    ck_assert_ptr_nonnull(message);
    return message;
}

/* A session with one of everything, and a retained message. */
static void fill(struct broker *broker)
{
    static const uint32_t identifier = 7;
    struct delivery_options options = {.qos = 2,
                                       .identifiers = &identifier,
                                       .identifier_count = 1,
                                       .group = slice_of("$share/g/a/+")};
    struct subscription_options subscribed = {.qos = 1, .identifier = 7};
    struct session *session = session_new(broker, slice_of("client"));
    struct message *message = some_message(broker, 2);
    bool is_new;

    session->version = MQTT_5_0;
    session->expiry = EXPIRY_NEVER;
    subscription_put(session, slice_of("$share/g/a/+"), true, &subscribed,
                     &is_new);
    queue_offer(session, message, &options);
    ck_assert(queue_restore(session, message_hold(message), &options,
                            DELIVERY_RELEASED, 9));
    ck_assert(session_note_received(session, 5));
    session->will.message = message_hold(message);
    session->will_at = broker_now(broker) + 60000;
    retained_put(broker, message, NULL);
    message_release(message);
}

static void begin_file(struct stock *stock, char path[SCRATCH_PATH])
{
    int file = scratch_file(path);

    ck_assert_int_ge(file, 0);
    close(file);
    *stock = (struct stock){.broker = {.loop = &stock->loop}};
    ck_assert_int_eq(uv_loop_init(&stock->loop), 0);
}

static size_t read_whole(const char *path, uint8_t room[FILE_MAX])
{
    FILE *file = fopen(path, "rb");
    size_t size = fread(room, 1, FILE_MAX, file);

    fclose(file);
    return size;
}

static void write_whole(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

START_TEST(sessions_outlive_a_restart)
{
    struct stock stock;
    const struct session *session;
    char path[SCRATCH_PATH];
    char error[256] = "";

    begin_file(&stock, path);
    fill(&stock.broker);
    ck_assert(persist_save(&stock.broker, path, error, sizeof error));
    broker_free(&stock.broker);
    ck_assert_msg(persist_load(&stock.broker, path, error, sizeof error), "%s",
                  error);
    session = session_find(&stock.broker, slice_of("client"));
    ck_assert_ptr_nonnull(session);
    ck_assert_uint_eq(session->subscription_count, 1);
    ck_assert(session->subscriptions->shared);
    ck_assert_uint_eq(session->waiting.count, 1);
    ck_assert_uint_eq(session->in_flight.first->packet_id, 9);
    ck_assert_uint_eq(session->in_flight.first->identifiers[0], 7);
    ck_assert(slice_is(session->in_flight.first->group, "$share/g/a/+"));
    ck_assert(slice_is(session->waiting.first->group, "$share/g/a/+"));
    ck_assert(session_received(session, 5) && !session_received(session, 4));
    ck_assert(slice_is(session->will.message->payload, "kept"));
    ck_assert_uint_le(session->will.delay, 60);
    ck_assert_uint_eq(stock.broker.retained_count, 1);
    unlink(path);
    end(&stock);
}
END_TEST

/* Nothing else is in the loop, so the keeper has to keep it going. */
static void begin_keeping(struct keeper *keeper, struct stock *stock,
                          const char *path)
{
    keeper_begin(keeper, &stock->broker, path);
    uv_ref((uv_handle_t *)&keeper->turn);
}

/* As SIGKILL would leave it: nothing is saved at the end. */
START_TEST(the_file_is_kept_up_to_date)
{
    struct keeper keeper;
    struct stock stock;
    struct session *session;
    char path[SCRATCH_PATH];
    char error[256] = "";
    int connection;

    begin_file(&stock, path);
    begin_keeping(&keeper, &stock, path);
    fill(&stock.broker);
    /* Connections, which would end with the process. */
    session = stock.broker.sessions;
    session->expiry = 30;
    session->client = (struct client *)(void *)&connection;
    session = session_new(&stock.broker, slice_of("clean"));
    session->client = (struct client *)(void *)&connection;
    uv_run(&stock.loop, UV_RUN_NOWAIT);
    keeper_end(&keeper);
    broker_free(&stock.broker);
    ck_assert_msg(persist_load(&stock.broker, path, error, sizeof error), "%s",
                  error);
    ck_assert_uint_eq(stock.broker.session_count, 1);
    session = session_find(&stock.broker, slice_of("client"));
    ck_assert_ptr_nonnull(session);
    ck_assert_uint_ge(session->expiry, 28);
    ck_assert_uint_eq(session->will.delay, 1);
    ck_assert_uint_eq(stock.broker.retained_count, 1);
    unlink(path);
    end(&stock);
}
END_TEST

START_TEST(a_change_is_written_when_the_keeper_has_rested)
{
    struct keeper keeper;
    struct stock stock;
    char path[SCRATCH_PATH];
    char error[256] = "";
    size_t before;

    begin_file(&stock, path);
    begin_keeping(&keeper, &stock, path);
    uv_run(&stock.loop, UV_RUN_NOWAIT);
    before = keeper.written.size;
    keeper.took = 10000000;
    keeper.rest_until = uv_hrtime() + 500000000;
    fill(&stock.broker);
    uv_run(&stock.loop, UV_RUN_NOWAIT);
    ck_assert_uint_eq(keeper.written.size, before);
    uv_run(&stock.loop, UV_RUN_ONCE);
    uv_run(&stock.loop, UV_RUN_NOWAIT);
    ck_assert_uint_gt(keeper.written.size, before);
    keeper_end(&keeper);
    broker_free(&stock.broker);
    ck_assert(persist_load(&stock.broker, path, error, sizeof error));
    ck_assert_uint_eq(stock.broker.session_count, 1);
    unlink(path);
    end(&stock);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_does_no_harm)
{
    struct keeper keeper;
    struct stock stock;
    char path[SCRATCH_PATH];

    begin_file(&stock, path);
    unlink(path);
    begin_keeping(&keeper, &stock, "/nowhere/at/all");
    fill(&stock.broker);
    uv_run(&stock.loop, UV_RUN_NOWAIT);
    ck_assert(keeper.failed);
    keeper_end(&keeper);
    end(&stock);
}
END_TEST

/* Cut anywhere, and with any byte changed. */
START_TEST(damaged_files_do_no_harm)
{
    uint8_t bytes[FILE_MAX];
    struct stock stock;
    char path[SCRATCH_PATH];
    char error[256];
    size_t size;

    begin_file(&stock, path);
    fill(&stock.broker);
    ck_assert(persist_save(&stock.broker, path, error, sizeof error));
    broker_free(&stock.broker);
    size = read_whole(path, bytes);
    ck_assert_uint_lt(size, FILE_MAX);
    for (size_t i = 0; i < size; i++) {
        write_whole(path, bytes, i);
        persist_load(&stock.broker, path, error, sizeof error);
        broker_free(&stock.broker);
        bytes[i] ^= 0xff;
        write_whole(path, bytes, size);
        bytes[i] ^= 0xff;
        persist_load(&stock.broker, path, error, sizeof error);
        broker_free(&stock.broker);
    }
    unlink(path);
    end(&stock);
}
END_TEST

Suite *refbroker_file_suite(void)
{
    Suite *suite = suite_create("refbroker_file");
    TCase *tests = tcase_create("file");

    tcase_add_test(tests, sessions_outlive_a_restart);
    tcase_add_test(tests, the_file_is_kept_up_to_date);
    tcase_add_test(tests, a_change_is_written_when_the_keeper_has_rested);
    tcase_add_test(tests, a_file_that_cannot_be_written_does_no_harm);
    tcase_add_test(tests, damaged_files_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}
