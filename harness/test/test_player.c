/* The player in virtual time: every rule of order, ends and clocks, at its
 * edges. */
#include "world.h"

#include <check.h>
#include <string.h>

#define CONNECTED                                                              \
    "area: test\n"                                                             \
    "cases:\n"                                                                 \
    "- id: test/case\n"                                                        \
    "  title: A test\n"                                                        \
    "  statements: {all: [BEYOND-connect-1]}\n"
#define CONNACK5 "20 03 00 00 00"
#define CONNACK3 "20 02 00 00"

static struct world world;

static void setup(void)
{
    memset(&world, 0, sizeof world);
    world.answers = true;
}

static void teardown(void)
{
    world_end(&world);
}

static void begin(const char *steps, enum mqtt_version version)
{
    char yaml[4096];
    snprintf(yaml, sizeof yaml, CONNECTED "%s", steps);
    world_begin(&world, yaml, version);
}

#define ck_verdict(expected)                                                   \
    do {                                                                       \
        enum verdict got_ = world_verdict(&world);                             \
        const struct play_record *r_ = world_record(&world);                   \
        ck_assert_msg(got_ == (expected), "%s instead of %s: %s / %s",         \
                      verdict_name(got_), verdict_name(expected),              \
                      r_->finding.message ? r_->finding.message : "",          \
                      r_->reason ? r_->reason : "");                           \
    } while (0)

#define ck_failure(expected)                                                   \
    do {                                                                       \
        ck_verdict(VERDICT_FAIL);                                              \
        ck_assert_str_eq(                                                      \
            failure_kind_name(world_record(&world)->finding.kind),             \
            failure_kind_name(expected));                                      \
    } while (0)

/* ---- answers and their absence ----------------------------------------- */

START_TEST(connect_and_ping_pass)
{
    begin("  steps:\n"
          "  - {send: connect, ack: true}\n"
          "  - {send: pingreq, ack: true}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(an_answer_that_never_comes_is_missing_after_the_limit)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    world_pass(&world, 30000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_assert(player_finished(world.player));
    ck_failure(FAILURE_MISSING_PACKET);
}
END_TEST

START_TEST(patience_multiplies_the_limit)
{
    world.answers = false;
    world.patience = 0.1;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    world_pass(&world, 3000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_failure(FAILURE_MISSING_PACKET);
}
END_TEST

/* The due time of a limit that counts from a mark is not multiplied. */
static const struct patience_row {
    const char *limits;
    int64_t until; /* ms behind the mark, with a patience of 0.1 */
} patience_rows[] = {
    {"within: start+20s", 2000},
    {"within: start+40s", 13000},
    {"within: start+20s, after: start+10s", 11000},
    {"within: start+40s, after: start+20s", 22000},
    {"within: start+20s, after: start+4s, soft_after: start+10s", 11000},
    {"within: 20s, after: start+1s", 2000},
};

START_TEST(patience_spares_the_due_time)
{
    const struct patience_row *row = &patience_rows[_i];
    char steps[300];
    world.patience = 0.1;
    snprintf(steps, sizeof steps,
             "  steps:\n  - {send: connect, ack: true, mark: start}\n"
             "  - {expect: close, level: should, %s}\n",
             row->limits);
    begin(steps, MQTT_5_0);
    world_pass(&world, row->until * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_assert(player_finished(world.player));
}
END_TEST

START_TEST(a_close_instead_of_an_answer_is_no_time_out)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_assert(player_finished(world.player));
    ck_failure(FAILURE_CLOSED);
}
END_TEST

START_TEST(a_refusal_is_no_success)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    world_bytes(&world, 0, "20 02 00 05");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(a_failure_in_given_judges_nothing)
{
    world.answers = false;
    begin("  given:\n  - {send: connect, ack: true}\n"
          "  steps:\n  - {send: pingreq, ack: true}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_wrong_field_is_named)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect}\n"
          "  - {expect: connack, reason_code: 0, session_present: false}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 03 01 00 00");
    ck_failure(FAILURE_WRONG_FIELD);
    ck_assert_ptr_nonnull(
        strstr(world_record(&world)->finding.message, "session_present"));
}
END_TEST

START_TEST(session_present_is_not_judged_in_3_1)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect}\n"
          "  - {expect: connack, reason_code: 0, session_present: false}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1);
    world_bytes(&world, 0, "20 02 01 00");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_packet_in_pieces_is_one_packet)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "20");
    world_bytes(&world, 0, "02 00");
    ck_assert(!player_finished(world.player));
    world_bytes(&world, 0, "00");
    ck_verdict(VERDICT_PASS);
}
END_TEST

static const struct said *last_received(void)
{
    const struct play_record *record = world_record(&world);
    for (size_t i = record->said_count; i > 0; i--)
        if (record->said[i - 1].kind == SAID_RECEIVED)
            return &record->said[i - 1];
    ck_abort_msg("nothing was received");
}

START_TEST(an_unfinished_packet_is_not_nothing)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_5_0);
    world_bytes(&world, 0, "20 03 00");
    ck_failure(FAILURE_MISSING_PACKET);
    ck_assert_str_eq(world_record(&world)->finding.actual,
                     "3 bytes that make no whole packet");
    ck_assert_uint_eq(last_received()->bytes.size, 3);
    ck_assert_str_eq(last_received()->text, "bytes that make no whole packet");
}
END_TEST

START_TEST(an_end_in_the_midst_of_a_packet_is_told)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_5_0);
    world_bytes(&world, 0, "20");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_CLOSED);
    ck_assert_str_eq(world_record(&world)->finding.actual,
                     "the broker closed the connection (fin) behind 1 byte "
                     "that makes no whole packet");
    ck_assert_uint_eq(last_received()->bytes.size, 1);
    ck_assert_int_eq(last_received()[1].kind, SAID_SIGN);
}
END_TEST

/* ---- the fence and what nobody took ------------------------------------ */

START_TEST(an_extra_packet_before_the_fence_fails)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 62 63 d0 00");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

/* What came before the fence asked cannot be the answer to it. */
START_TEST(a_second_pingresp_is_no_answer_to_the_fence)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: pingreq, ack: true}\n",
          MQTT_5_0);
    world_bytes(&world, 0, CONNACK5);
    world_bytes(&world, 0, "d0 00 d0 00");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

START_TEST(no_fence_after_disconnect)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    ck_assert(player_finished(world.player));
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_close_that_no_step_expects_fails)
{
    world.connack_only = true;
    begin("  steps:\n  - {at: a, send: connect, ack: true}\n"
          "  - {at: b, send: connect, ack: true}\n"
          "  - {at: b, expect: silence, for: 1s}\n"
          "  - {at: a, send: disconnect}\n"
          "  - {at: b, send: disconnect}\n",
          MQTT_5_0);
    world_sign(&world, 1, NET_SIGN_RESET, true);
    ck_failure(FAILURE_CLOSED);
}
END_TEST

START_TEST(an_optional_packet_may_come)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: abc, optional: true, count: 2}\n"
          "  - {pause: 1s}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 06 00 01 61 61 62 63");
    world_bytes(&world, 0, "30 06 00 01 61 61 62 63");
    world_pass(&world, 1000 * MS);
    world_bytes(&world, 0, "d0 00");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(an_optional_packet_too_many_fails)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: abc, optional: true}\n"
          "  - {pause: 1s}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 06 00 01 61 61 62 63");
    world_bytes(&world, 0, "30 06 00 01 61 61 62 63");
    world_pass(&world, 1000 * MS);
    world_bytes(&world, 0, "d0 00");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

/* ---- ends of a connection ---------------------------------------------- */

#define CLOSE_STEPS                                                            \
    "  steps:\n  - {send: connect, ack: true, mark: start}\n"                  \
    "  - {expect: close, after: start+3s}\n"

START_TEST(a_close_at_its_lower_limit_is_in_time)
{
    begin(CLOSE_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_close_just_before_its_lower_limit_is_too_early)
{
    begin(CLOSE_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS - 1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_TOO_EARLY);
}
END_TEST

START_TEST(no_close_within_the_limit_fails)
{
    begin(CLOSE_STEPS, MQTT_5_0);
    world_pass(&world, 33000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_failure(FAILURE_NOT_CLOSED);
}
END_TEST

START_TEST(a_sign_without_the_end_of_tcp_is_no_close)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: close}\n",
          MQTT_5_0);
    world_sign(&world, 0, NET_SIGN_NOTIFY, false);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 30000 * MS);
    ck_failure(FAILURE_NOT_CLOSED);
}
END_TEST

START_TEST(the_first_sign_gives_the_time)
{
    begin(CLOSE_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS - 1);
    world_sign(&world, 0, NET_SIGN_NOTIFY, false);
    world_pass(&world, 1000 * MS);
    world_ended(&world, 0);
    ck_failure(FAILURE_TOO_EARLY);
}
END_TEST

START_TEST(how_names_the_signs)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: close, how: [fin, notify]}\n",
          MQTT_5_0);
    world_sign(&world, 0, NET_SIGN_RESET, true);
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(a_close_can_be_judged_twice)
{
    begin("  steps:\n  - {send: connect, ack: true, mark: start}\n"
          "  - {expect: close, after: start+3s, level: should}\n"
          "  - {expect: close, after: start+2s}\n",
          MQTT_5_0);
    world_pass(&world, 2500 * MS);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_WARN);
    ck_assert_uint_eq(world_record(&world)->warning_count, 1);
}
END_TEST

#define SOFT_STEPS                                                             \
    "  steps:\n  - {send: connect, ack: true, mark: start}\n"                  \
    "  - {expect: close, after: start+2s, soft_after: start+3s}\n"

START_TEST(a_close_at_its_soft_limit_is_in_time)
{
    begin(SOFT_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world_record(&world)->note_count, 0);
}
END_TEST

START_TEST(a_close_just_before_its_soft_limit_is_noted)
{
    begin(SOFT_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS - PLAYER_ROUNDING + 1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world_record(&world)->note_count, 1);
}
END_TEST

START_TEST(a_close_well_before_its_soft_limit_warns)
{
    begin(SOFT_STEPS, MQTT_5_0);
    world_pass(&world, 3000 * MS - PLAYER_ROUNDING);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_WARN);
}
END_TEST

START_TEST(a_close_before_both_limits_fails)
{
    begin(SOFT_STEPS, MQTT_5_0);
    world_pass(&world, 2000 * MS - 1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_TOO_EARLY);
}
END_TEST

START_TEST(the_upper_limit_counts_from_the_later_lower_one)
{
    begin(SOFT_STEPS, MQTT_5_0);
    world_pass(&world, 33000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_failure(FAILURE_NOT_CLOSED);
}
END_TEST

START_TEST(rejected_takes_a_disconnect_and_a_close)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: connect, again: true}\n"
          "  - {expect: rejected, reason_code: 0x82}\n",
          MQTT_5_0);
    /* the world answers the second CONNECT: that answer is a violation */
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

#define REJECTED_STEPS                                                         \
    "  steps:\n  - {send: connect, ack: true}\n"                               \
    "  - {send: bytes, data: {hex: f0 01 00}}\n"                               \
    "  - {expect: rejected, reason_code: [0x82, 0x81]}\n"

START_TEST(rejected_with_a_stated_code_passes)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "e0 01 81");
    world_sign(&world, 0, NET_SIGN_RESET, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(rejected_with_another_code_warns)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "e0 01 8e");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_WARN);
}
END_TEST

START_TEST(rejected_with_a_successful_code_fails)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "e0 01 00");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(rejected_without_a_packet_passes)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_sign(&world, 0, NET_SIGN_RESET, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(rejected_and_never_closed_fails)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "e0 01 81");
    world_pass(&world, 60000 * MS);
    ck_failure(FAILURE_NOT_CLOSED);
}
END_TEST

START_TEST(an_answer_to_a_rejected_packet_fails)
{
    begin(REJECTED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "d0 00");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

#define REFUSED_STEPS                                                          \
    "  steps:\n  - {send: connect, protocol_level: 99}\n"                      \
    "  - {expect: rejected, 3.x: {reason_code: 1}, 5.0: {reason_code: "        \
    "[0x84, 1]}}\n"

START_TEST(a_refusing_connack_counts_where_it_is_stated)
{
    world.answers = false;
    begin(REFUSED_STEPS, MQTT_3_1_1);
    world_bytes(&world, 0, "20 02 00 01");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_connack_of_3_1_1_is_read_as_such_on_5_0)
{
    world.answers = false;
    begin(REFUSED_STEPS, MQTT_5_0);
    world_bytes(&world, 0, "20 02 00 01");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_refusing_connack_that_is_not_stated_fails_in_3_x)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, reserved_flag: 1}\n"
          "  - {expect: rejected, 5.0: {reason_code: 0x81}}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "20 02 00 01");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(our_reset_lasts_the_settle_time)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {close: reset}\n",
          MQTT_5_0);
    ck_assert(!player_finished(world.player));
    world_pass(&world, PLAYER_SETTLE - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_verdict(VERDICT_PASS);
    ck_assert_int_eq(world.closes[0][0], NET_CLOSE_RESET);
}
END_TEST

/* ---- silence ----------------------------------------------------------- */

START_TEST(silence_ends_with_its_time)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, for: 2s}\n",
          MQTT_5_0);
    world_pass(&world, 2000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(silence_is_broken_by_any_packet)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, for: 2s}\n",
          MQTT_5_0);
    world_pass(&world, 2000 * MS - 1);
    world_bytes(&world, 0, "30 04 00 01 61 00");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

START_TEST(silence_is_broken_by_what_was_queued)
{
    begin("  given:\n  - {send: connect, ack: true}\n  - {pause: 1s}\n"
          "  steps:\n  - {expect: silence, for: 2s}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "30 04 00 01 61 00");
    world_pass(&world, 1000 * MS);
    ck_assert(player_finished(world.player));
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

START_TEST(silence_of_a_type_lets_others_pass)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, of: publish, topic: a, for: 2s}\n"
          "  - {expect: publish, topic: b}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "30 04 00 01 62 00");
    world_pass(&world, 2000 * MS);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(silence_is_broken_by_a_close)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, for: 2s}\n",
          MQTT_5_0);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_failure(FAILURE_CLOSED);
}
END_TEST

/* ---- clocks ------------------------------------------------------------ */

#define IN_TIME_STEPS                                                          \
    "  given:\n  - {send: connect, ack: true, mark: beat}\n"                   \
    "  steps:\n"                                                               \
    "  - {expect: publish, payload: x, in_time: beat+4s}\n"                    \
    "  - {send: disconnect}\n"

START_TEST(a_wrong_packet_in_our_time_fails)
{
    begin(IN_TIME_STEPS, MQTT_3_1_1);
    world_pass(&world, 4000 * MS);
    world_bytes(&world, 0, "30 04 00 01 61 79");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(a_wrong_packet_seen_after_our_time_judges_nothing)
{
    begin(IN_TIME_STEPS, MQTT_3_1_1);
    world_pass(&world, 4000 * MS + 1);
    world_bytes(&world, 0, "30 04 00 01 61 79");
    ck_verdict(VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_match_is_a_match_whenever_it_comes)
{
    begin(IN_TIME_STEPS, MQTT_3_1_1);
    world_pass(&world, 9000 * MS);
    world_bytes(&world, 0, "30 04 00 01 61 78");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_mere_time_out_is_a_failure_in_spite_of_in_time)
{
    begin(IN_TIME_STEPS, MQTT_3_1_1);
    ck_failure(FAILURE_MISSING_PACKET);
}
END_TEST

START_TEST(a_send_after_our_own_deadline_judges_nothing)
{
    begin("  given:\n  - {send: connect, ack: true, mark: beat}\n"
          "  steps:\n  - {pause: 2s}\n"
          "  - {send: publish, in_time: beat+1s}\n",
          MQTT_3_1_1);
    ck_verdict(VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_pause_from_a_mark_counts_from_its_end)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true, mark: up}\n"
          "  - {pause: up+2s}\n  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_pass(&world, 1000 * MS);
    world_bytes(&world, 0, CONNACK3);
    world_pass(&world, 2000 * MS - 1);
    ck_assert(!player_finished(world.player));
    world_pass(&world, 1);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_lower_limit_counts_from_the_begin_of_a_mark)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true, mark: up}\n"
          "  - {expect: close, after: up+2s}\n",
          MQTT_3_1_1);
    world_pass(&world, 1000 * MS);
    world_bytes(&world, 0, CONNACK3);
    world_pass(&world, 1000 * MS);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(the_player_pings_where_the_broker_wants_it)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, for: 9s}\n  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 06 00 00 03 13 00 04"); /* keep alive 4 s */
    size_t before = world.sent[0].size;
    world_pass(&world, 2000 * MS);
    ck_assert_uint_eq(world.sent[0].size, before + 2);
    world_bytes(&world, 0, "d0 00");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_stated_keep_alive_is_never_helped)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, keep_alive: 4, ack: true}\n"
          "  - {expect: silence, for: 9s}\n  - {send: disconnect}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world.writes[0], 2);
}
END_TEST

/* ---- all_of, any_of, counts -------------------------------------------- */

#define TWO_MEMBERS                                                            \
    "  steps:\n  - {send: connect, ack: true}\n"                               \
    "  - all_of:\n"                                                            \
    "    - {expect: publish, payload: {starts: a}}\n"                          \
    "    - {expect: publish, payload: ab}\n"                                   \
    "  - {send: disconnect}\n"

START_TEST(all_of_takes_any_order)
{
    begin(TWO_MEMBERS, MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 61 62"); /* ab */
    world_bytes(&world, 0, "30 05 00 01 61 61 63"); /* ac */
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(all_of_finds_the_assignment_that_satisfies_all)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - all_of:\n"
          "    - {expect: publish, payload: {starts: a}}\n"
          "    - {expect: publish, payload: {ends: b}}\n"
          "    - {expect: publish, payload: {length: 2}}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 61 62");    /* ab: fits all */
    world_bytes(&world, 0, "30 06 00 01 61 61 63 63"); /* acc: only 1st */
    world_bytes(&world, 0, "30 06 00 01 61 63 63 62"); /* ccb: only 2nd */
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(all_of_refuses_what_fits_no_member)
{
    begin(TWO_MEMBERS, MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 78 79");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

#define ALTERNATIVES                                                           \
    "  steps:\n  - {send: connect}\n"                                          \
    "  - any_of:\n"                                                            \
    "    - {expect: connack, reason_code: 0, note: accepted}\n"                \
    "    - [{expect: connack, reason_code: 5, note: refused}, "                \
    "{expect: close}]\n"                                                       \
    "  - {send: disconnect}\n"

START_TEST(any_of_goes_with_what_comes)
{
    world.answers = false;
    begin(ALTERNATIVES, MQTT_3_1_1);
    world_bytes(&world, 0, CONNACK3);
    ck_verdict(VERDICT_PASS);
    ck_assert_str_eq(world_record(&world)->notes[0], "accepted");
}
END_TEST

START_TEST(the_rest_of_a_chosen_alternative_is_binding)
{
    world.answers = false;
    begin(ALTERNATIVES, MQTT_3_1_1);
    world_bytes(&world, 0, "20 02 00 05");
    ck_assert(!player_finished(world.player));
    world_pass(&world, 31000 * MS);
    ck_failure(FAILURE_NOT_CLOSED);
}
END_TEST

START_TEST(any_of_refuses_a_packet_that_fits_no_alternative)
{
    world.answers = false;
    begin(ALTERNATIVES, MQTT_3_1_1);
    world_bytes(&world, 0, "20 02 00 04");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(silence_wins_when_nothing_came)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - any_of:\n"
          "    - {expect: publish, payload: x, note: came}\n"
          "    - {expect: silence, for: 1s, note: nothing}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    ck_verdict(VERDICT_PASS);
    ck_assert_str_eq(world_record(&world)->notes[0], "nothing");
}
END_TEST

START_TEST(a_count_is_taken_in_order)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: m$i, count: 2}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 6d 32");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(order_any_takes_a_count_as_it_comes)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: m$i, count: 2, order: any}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 6d 32");
    world_bytes(&world, 0, "30 05 00 01 61 6d 31");
    ck_verdict(VERDICT_PASS);
}
END_TEST

#define BY_TOPIC                                                               \
    "  steps:\n  - {send: connect, ack: true}\n"                               \
    "  - {expect: publish, topic: t$(i%2), payload: m$i, count: 4, "           \
    "order: topic}\n"                                                          \
    "  - {send: disconnect}\n"

START_TEST(order_topic_lets_topics_overtake_each_other)
{
    begin(BY_TOPIC, MQTT_3_1_1);
    world_bytes(&world, 0, "30 06 00 02 74 30 6d 32");
    world_bytes(&world, 0, "30 06 00 02 74 30 6d 34");
    world_bytes(&world, 0, "30 06 00 02 74 31 6d 31");
    world_bytes(&world, 0, "30 06 00 02 74 31 6d 33");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(order_topic_keeps_the_order_within_a_topic)
{
    begin(BY_TOPIC, MQTT_3_1_1);
    world_bytes(&world, 0, "30 06 00 02 74 30 6d 34");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(gaps_may_be_left_but_no_order_changed)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: m$i, count: 5, gaps: true}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 05 00 01 61 6d 32");
    world_bytes(&world, 0, "30 05 00 01 61 6d 34");
    world_bytes(&world, 0, "30 05 00 01 61 6d 33");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(a_count_between_limits_leaves_the_rest_optional)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: x, count: {from: 1, to: 2}}\n"
          "  - {expect: publish, payload: y}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 04 00 01 61 78");
    world_bytes(&world, 0, "30 04 00 01 61 78");
    world_bytes(&world, 0, "30 04 00 01 61 79");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(distinct_identifiers_are_demanded)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, qos: 1, count: 2, distinct: packet_id, "
          "ack: true}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "32 06 00 01 61 00 07 78");
    world_bytes(&world, 0, "32 06 00 01 61 00 07 78");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(among_leaves_the_others_alone)
{
    begin("  steps:\n"
          "  - {at: [a, b, c], send: connect, ack: true}\n"
          "  - {at: [a, b, c], expect: publish, payload: x, among: 1, "
          "chosen: got, others: rest}\n"
          "  - {at: $got, send: disconnect}\n"
          "  - {at: $rest, send: pingreq, ack: true}\n",
          MQTT_3_1_1);
    world_bytes(&world, 1, "30 04 00 01 61 78");
    ck_verdict(VERDICT_PASS);
}
END_TEST

#define SPREAD                                                                 \
    "  steps:\n"                                                               \
    "  - {at: [a, b], send: connect, ack: true}\n"                             \
    "  - {at: [a, b], expect: publish, payload: m$i, count: 3, spread: "       \
    "once}\n"

START_TEST(spread_gives_each_message_to_one_client)
{
    begin(SPREAD, MQTT_3_1_1);
    world_bytes(&world, 1, "30 05 00 01 61 6d 33");
    world_bytes(&world, 0, "30 05 00 01 61 6d 32");
    world_bytes(&world, 1, "30 05 00 01 61 6d 31");
    ck_verdict(VERDICT_PASS);
    ck_assert_str_eq(world_record(&world)->notes[0], "a took 1, b took 2");
}
END_TEST

START_TEST(spread_allows_no_message_twice)
{
    begin(SPREAD, MQTT_3_1_1);
    world_bytes(&world, 1, "30 05 00 01 61 6d 33");
    world_bytes(&world, 0, "30 05 00 01 61 6d 33");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(spread_misses_what_nobody_got)
{
    begin(SPREAD, MQTT_3_1_1);
    world_bytes(&world, 1, "30 05 00 01 61 6d 33");
    ck_failure(FAILURE_MISSING_PACKET);
}
END_TEST

/* ---- exchanges --------------------------------------------------------- */

START_TEST(qos_2_is_carried_to_its_end_from_both_sides)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, qos: 2, ack: true}\n"
          "  - {expect: publish, qos: 2, ack: true}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "34 07 00 01 61 00 09 00 78");
    ck_verdict(VERDICT_PASS);
    /* CONNECT, PUBLISH, PUBREL, PUBREC, PUBCOMP, PINGREQ */
    ck_assert_uint_eq(world.writes[0], 6);
}
END_TEST

START_TEST(an_acknowledgement_of_nothing_fails)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, qos: 1, ack: true}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "40 02 00 63");
    ck_failure(FAILURE_WRONG_FIELD);
}
END_TEST

START_TEST(no_more_exchanges_are_open_than_the_window_allows)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, qos: 1, count: 5, window: 2, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_3_1_1);
    ck_assert_uint_eq(world.writes[0], 3);
    world_bytes(&world, 0, "40 02 00 02");
    ck_assert_uint_eq(world.writes[0], 4);
    world_bytes(&world, 0, "40 02 00 01 40 02 00 03 40 02 00 04");
    world_bytes(&world, 0, "40 02 00 05");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_window_is_no_larger_than_the_receive_maximum)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, qos: 1, count: 3, window: 3, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 06 00 00 03 21 00 02");
    ck_assert_uint_eq(world.writes[0], 3);
    world_bytes(&world, 0, "40 02 00 01");
    ck_assert_uint_eq(world.writes[0], 4);
    world_bytes(&world, 0, "40 02 00 02 40 02 00 03");
    ck_verdict(VERDICT_PASS);
}
END_TEST

/* 0 is no legal Receive Maximum, and no reason to wait for ever. */
START_TEST(one_exchange_is_open_whatever_the_receive_maximum)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, qos: 1, count: 2, window: 3, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 06 00 00 03 21 00 00");
    ck_assert_uint_eq(world.writes[0], 2);
    world_bytes(&world, 0, "40 02 00 01");
    ck_assert_uint_eq(world.writes[0], 3);
    world_bytes(&world, 0, "40 02 00 02");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(identifiers_run_on_over_reconnects)
{
    world.connack_only = true;
    begin("  steps:\n  - {at: one, send: connect, client_id: $id, ack: true}\n"
          "  - {at: one, send: publish, qos: 1}\n"
          "  - {at: one, close: fin}\n"
          "  - {at: other, send: connect, client_id: $id, ack: true}\n"
          "  - {at: other, send: publish, qos: 1}\n"
          "  - {at: other, expect: puback, packet_id: 2}\n"
          "  - {at: other, send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 1, "40 02 00 02");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_capture_is_used_later)
{
    world.answers = false;
    begin("  steps:\n  - {send: connect}\n"
          "  - {expect: connack, save: {max: receive_maximum, due: "
          "keep_alive}}\n"
          "  - {send: publish, qos: 1, packet_id: $max-1}\n"
          "  - {expect: close, after: $due*10ms}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 06 00 00 03 21 00 05");
    struct slice sent = buffer_slice(&world.sent[0]);
    ck_assert(slice_contains(
        sent,
        slice_make((const uint8_t[]){0, 4, 't', '/', 'm', '1', 0, 4}, 8)));
    world_pass(&world, 6000 * MS);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

#define REACH(packet)                                                          \
    "  steps:\n  - {reach: " packet "}\n  - {send: " packet "}\n"

START_TEST(reach_makes_pubrel_legal)
{
    begin(REACH("pubrel") "  - {expect: pubcomp}\n", MQTT_5_0);
    ck_verdict(VERDICT_PASS);
    /* CONNECT, PUBLISH, PUBREL, PINGREQ */
    ck_assert_uint_eq(world.writes[0], 4);
    ck_assert(
        slice_contains(buffer_slice(&world.sent[0]), slice_of("t/m1-reach")));
}
END_TEST

START_TEST(reach_makes_pubcomp_legal)
{
    begin(REACH("pubcomp"), MQTT_3_1_1);
    world_bytes(&world, 0, "34 06 00 01 61 00 09 78");
    ck_verdict(VERDICT_PASS);
    ck_assert(slice_contains(buffer_slice(&world.sent[0]),
                             slice_make((const uint8_t[]){0x70, 2, 0, 9}, 4)));
}
END_TEST

START_TEST(reach_does_nothing_for_connect)
{
    begin(REACH("connect") "  - {expect: connack}\n", MQTT_3_1_1);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world.writes[0], 2);
}
END_TEST

/* ---- delivery ---------------------------------------------------------- */

START_TEST(pieces_go_out_with_their_gap)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: pingreq, split: each, gap: 20ms, ack: true}\n",
          MQTT_5_0);
    ck_assert_uint_eq(world.writes[0], 2);
    world_pass(&world, 20 * MS - 1);
    ck_assert_uint_eq(world.writes[0], 2);
    world_pass(&world, 1);
    ck_assert_uint_eq(world.writes[0], 3);
    world_bytes(&world, 0, "d0 00"); /* the world sees no whole packet */
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(a_background_send_lets_the_next_steps_go_on)
{
    begin("  steps:\n  - {at: slow, send: connect, ack: true}\n"
          "  - {at: slow, send: publish, split: each, gap: 1s, background: "
          "true}\n"
          "  - {at: other, send: connect, ack: true}\n"
          "  - {at: slow, expect: close}\n",
          MQTT_5_0);
    world_pass(&world, 3000 * MS);
    ck_assert_uint_eq(world.writes[0], 1 + 4);
    ck_assert_uint_eq(world.writes[1], 1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

/* Nothing can be judged any more: but the case is to blame the broker only
 * where it is about frames. */
START_TEST(a_bad_frame_ends_the_reading)
{
    static const char steps[] = "  steps:\n"
                                "  - {send: connect, ack: true}\n"
                                "  - {expect: publish}\n";
    const struct net_event bad = {
        .kind = NET_EVENT_WS_BAD, .masked = _i == 1, .text = "a frame"};
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "area: test\ncases:\n- id: test/x\n  title: x\n"
             "  statements: {all: [%s]}\n%s",
             _i == 0 ? "BEYOND-session-1" : "BEYOND-websocket-3", steps);
    world_begin_over(&world, yaml, MQTT_5_0, NET_WS);
    world_event(&world, 0, bad);
    ck_verdict(_i == 1 ? VERDICT_FAIL : VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(bytes_below_mqtt_are_not_read)
{
    world_begin_over(&world,
                     CONNECTED "  steps:\n"
                               "  - {at: b, open: ws, bare: true}\n"
                               "  - {at: b, send: bytes, data: {hex: c0 00}}\n"
                               "  - {at: b, expect: close}\n",
                     MQTT_5_0, NET_WS);
    world_bytes(&world, 0, "48 54 54 50 2f 31 2e 31");
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(fragments_are_one_message)
{
    world_begin_over(&world,
                     CONNECTED "  steps:\n"
                               "  - {send: connect, ack: true}\n"
                               "  - {send: pingreq, split: [1], as: "
                               "fragments, ack: true}\n",
                     MQTT_5_0, NET_WS);
    ck_assert_uint_eq(world.frames[0][1].opcode, 2);
    ck_assert(!world.frames[0][1].fin);
    ck_assert_uint_eq(world.frames[0][2].opcode, 0);
    ck_assert(world.frames[0][2].fin);
    world_bytes(&world, 0, "d0 00");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(together_is_one_write)
{
    begin("  steps:\n"
          "  - together:\n"
          "    - {send: connect}\n"
          "    - {send: pingreq}\n"
          "  - {expect: connack, first: true}\n"
          "  - {expect: pingresp}\n",
          MQTT_3_1_1);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world.writes[0], 2); /* and the fence */
}
END_TEST

START_TEST(a_count_within_together_is_kept)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - together:\n"
          "    - {send: publish, qos: 1, payload: m$i, count: 3, ack: true}\n"
          "    - {send: pingreq}\n"
          "  - {expect: pingresp}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
    ck_assert(slice_contains(buffer_slice(&world.sent[0]), slice_of("m1")));
    ck_assert(slice_contains(buffer_slice(&world.sent[0]), slice_of("m3")));
}
END_TEST

START_TEST(no_fence_falls_into_an_unfinished_packet)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: publish, split: [3], gap: 10s, background: true}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(world.writes[0], 2);
}
END_TEST

START_TEST(a_broker_that_does_not_read_is_told_apart)
{
    world.blocked = true;
    begin("  steps:\n  - {send: connect, ack: true}\n", MQTT_3_1_1);
    ck_failure(FAILURE_TOO_LATE);
}
END_TEST

/* ---- levels ------------------------------------------------------------ */

START_TEST(a_should_that_is_not_kept_warns_and_goes_on)
{
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: disconnect, reason_code: 0x8d, level: should}\n"
          "  - {expect: close}\n",
          MQTT_5_0);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    ck_verdict(VERDICT_WARN);
}
END_TEST

START_TEST(a_case_at_level_should_warns)
{
    begin("  level: should\n  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: close}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_WARN);
}
END_TEST

START_TEST(a_case_at_level_may_never_fails)
{
    begin("  level: may\n  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: close}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
}
END_TEST

/* ---- passive findings -------------------------------------------------- */

#define RESERVED_FLAGS "d1 00"

START_TEST(a_finding_of_the_decoder_does_not_fail_the_case)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: pingreq, ack: true}\n  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, RESERVED_FLAGS);
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(player_passive_count(world.player), 1);
    ck_assert_str_eq(player_passive(world.player, 0).statement, "MQTT-2.2.2-1");
}
END_TEST

START_TEST(a_finding_of_the_cases_own_statement_fails_it)
{
    world.connack_only = true;
    world_begin(&world,
                "area: test\ncases:\n- id: test/case\n  title: A test\n"
                "  versions: [3.1.1]\n"
                "  statements: {3.1.1: [MQTT-2.2.2-1]}\n"
                "  steps:\n  - {send: connect, ack: true}\n"
                "  - {send: pingreq, ack: true}\n",
                MQTT_3_1_1);
    world_bytes(&world, 0, RESERVED_FLAGS);
    ck_failure(FAILURE_WRONG_PACKET);
}
END_TEST

START_TEST(receive_maximum_is_watched)
{
    begin("  steps:\n  - {send: connect, receive_maximum: 1, ack: true}\n"
          "  - {expect: publish, count: 2, ack: true}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0,
                "34 07 00 01 61 00 01 00 78 34 07 00 01 61 00 02 00 78");
    ck_verdict(VERDICT_PASS);
    ck_assert_str_eq(player_passive(world.player, 0).statement, "MQTT-3.3.4-9");
}
END_TEST

#define GREETED "  - {send: connect, ack: true}\n"
#define SUBSCRIBED GREETED "  - {send: subscribe, filter: $topic}\n"
#define PUBLISHED GREETED "  - {send: publish, qos: 1}\n"

/* What the broker sends, and the statement that it breaks; "": none. */
static const struct watched_row {
    enum mqtt_version version;
    const char *steps;
    const char *bytes;
    const char *statement;
} watched_rows[] = {
    {MQTT_5_0, GREETED, "20 03 00 00 00", "MQTT-3.2.0-2"},
    {MQTT_5_0, GREETED, "f0 00", "MQTT-4.12.0-6"},
    {MQTT_5_0, SUBSCRIBED, "90 04 00 01 00 00", ""},
    {MQTT_5_0, SUBSCRIBED, "90 04 00 02 00 00", "MQTT-2.2.1-6"},
    {MQTT_5_0, SUBSCRIBED, "90 05 00 01 00 00 00", "MQTT-3.8.4-6"},
    {MQTT_3_1_1, SUBSCRIBED, "90 04 00 01 00 00", "MQTT-3.8.4-5"},
    {MQTT_3_1, SUBSCRIBED, "90 03 00 02 00", "V3.1-SUBSCRIBE-1"},
    {MQTT_3_1_1, PUBLISHED, "40 02 00 01", ""},
    {MQTT_3_1_1, PUBLISHED, "40 02 00 02", "MQTT-2.3.1-6"},
    {MQTT_3_1_1, GREETED "  - {send: pubrel, packet_id: 9}\n", "70 02 00 09",
     ""},
    {MQTT_5_0, GREETED "  - {send: bytes, data: {hex: 82 00}}\n",
     "90 04 00 09 00 00", ""},
    {MQTT_3_1_1, GREETED "  - {send: subscribe, filter: $topic, qos: 1}\n",
     "90 03 00 01 00", ""},
    {MQTT_5_0,
     "  - {send: connect, request_problem_information: 0, ack: true}\n"
     "  - {send: publish, qos: 1}\n",
     "40 08 00 01 00 04 1f 00 01 78", "MQTT-3.1.2-29"},
    {MQTT_5_0, PUBLISHED, "40 08 00 01 00 04 1f 00 01 78", ""},
};

START_TEST(packets_are_held_against_what_was_asked_for)
{
    const struct watched_row *row = &watched_rows[_i];
    char steps[400];

    snprintf(steps, sizeof steps, "  steps:\n%s  - {expect: close}\n",
             row->steps);
    world.connack_only = true;
    begin(steps, row->version);
    world_bytes(&world, 0, row->bytes);
    ck_assert_uint_eq(player_passive_count(world.player),
                      *row->statement ? 1 : 0);
    if (*row->statement)
        ck_assert_str_eq(player_passive(world.player, 0).statement,
                         row->statement);
}
END_TEST

/* Granted QoS 0 for one filter, and 1 for a wider one. */
START_TEST(the_granted_qos_is_watched)
{
    world.connack_only = true;
    begin("  exclusive: true\n  steps:\n" GREETED
          "  - {send: subscribe, filters: [{filter: a, qos: 1}]}\n"
          "  - {send: subscribe, filters: [{filter: b/+, qos: 2}, "
          "{filter: b/c, qos: 0}]}\n  - {expect: close}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "32 06 00 01 61 00 01 78"); /* not answered yet */
    world_bytes(&world, 0, "90 03 00 01 00 90 04 00 02 01 00");
    world_bytes(&world, 0, "32 08 00 03 62 2f 63 00 02 78");
    ck_assert_uint_eq(player_passive_count(world.player), 0);
    world_bytes(&world, 0, "32 06 00 01 61 00 03 78");
    world_bytes(&world, 0, "34 08 00 03 62 2f 63 00 04 78");
    ck_assert_uint_eq(player_passive_count(world.player), 2);
    ck_assert_str_eq(player_passive(world.player, 0).statement, "MQTT-3.8.4-6");
    ck_assert_str_eq(player_passive(world.player, 1).statement, "MQTT-3.8.4-6");
}
END_TEST

START_TEST(an_unreadable_packet_breaks_its_own_statement)
{
    world.connack_only = true;
    begin("  steps:\n" GREETED "  - {send: pingreq, ack: true}\n", MQTT_5_0);
    world_bytes(&world, 0, "d0 80 80 80 80 01");
    ck_verdict(VERDICT_INCONCLUSIVE);
    ck_assert_str_eq(player_passive(world.player, 0).statement,
                     "BEYOND-framing-1");
    ck_assert_str_eq(player_passive(world.player, 0).detail,
                     "PINGRESP of 6 bytes");
}
END_TEST

START_TEST(topic_aliases_are_resolved)
{
    begin("  steps:\n"
          "  - {send: connect, topic_alias_maximum: 1, ack: true}\n"
          "  - {expect: publish, topic: ab, payload: x, count: 2}\n"
          "  - {send: disconnect}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "30 09 00 02 61 62 03 23 00 01 78");
    world_bytes(&world, 0, "30 07 00 00 03 23 00 01 78");
    ck_verdict(VERDICT_PASS);
    ck_assert_uint_eq(player_passive_count(world.player), 0);
}
END_TEST

START_TEST(an_unreadable_packet_judges_nothing)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {send: pingreq, ack: true}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "d0 ff ff ff ff 7f");
    ck_verdict(VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_flood_is_a_failure_and_no_growth)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: silence, of: pubrel, for: 1s}\n",
          MQTT_3_1_1);
    for (int i = 0; i < 30000 && !player_finished(world.player); i++)
        world_bytes(&world, 0, "30 04 00 01 61 78");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

START_TEST(a_packet_of_a_former_connection_is_not_taken_on_the_new_one)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {pause: 1s}\n  - {close: fin}\n"
          "  - {send: connect, ack: true}\n"
          "  - {expect: publish, payload: x}\n  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 04 00 01 61 78");
    ck_failure(FAILURE_EXTRA_PACKET);
}
END_TEST

START_TEST(a_permission_covers_what_came_over_its_connection)
{
    world.connack_only = true;
    begin("  steps:\n  - {send: connect, ack: true}\n"
          "  - {expect: publish, optional: true}\n"
          "  - {pause: 1s}\n  - {close: fin}\n"
          "  - {send: connect, ack: true}\n  - {send: disconnect}\n",
          MQTT_3_1_1);
    world_bytes(&world, 0, "30 04 00 01 61 78");
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(an_accepted_connect_is_named_as_such)
{
    begin("  steps:\n  - {send: connect, reserved_flag: 1}\n"
          "  - {expect: rejected}\n",
          MQTT_5_0);
    ck_failure(FAILURE_WRONG_FIELD);
    ck_assert_ptr_nonnull(
        strstr(world_record(&world)->finding.message, "accepted"));
}
END_TEST

/* ---- broker steps, leftovers, secrets ---------------------------------- */

START_TEST(a_broker_step_permits_the_end_of_connections)
{
    begin("  exclusive: true\n  requires: [restart]\n"
          "  steps:\n  - {send: connect, ack: true}\n"
          "  - {broker: restart}\n"
          "  - {send: connect, ack: true}\n",
          MQTT_3_1_1);
    ck_assert_uint_eq(world.hook_count, 1);
    world_sign(&world, 0, NET_SIGN_FIN, true);
    player_broker(world.player, true, NULL, world.now);
    world_pass(&world, 0);
    ck_verdict(VERDICT_PASS);
}
END_TEST

START_TEST(what_stays_on_the_broker_is_known)
{
    begin("  steps:\n"
          "  - {send: connect, client_id: $id, session_expiry_interval: 60, "
          "will: {retain: true}, ack: true}\n"
          "  - {send: publish, topic: $topic/kept, retain: true}\n",
          MQTT_5_0);
    ck_verdict(VERDICT_PASS);
    const struct leftovers *left = player_leftovers(world.player);
    ck_assert_uint_eq(left->client_id_count, 1);
    ck_assert(slice_is(left->client_ids[0], "m1"));
    ck_assert_uint_eq(left->topic_count, 2);
    ck_assert(slice_is(left->topics[0], "t/m1/will"));
    ck_assert(slice_is(left->topics[1], "t/m1/kept"));
}
END_TEST

START_TEST(secrets_are_in_no_record)
{
    world.answers = false;
    begin("  clients: {client: {account: known}}\n"
          "  steps:\n  - {send: connect, ack: true}\n",
          MQTT_5_0);
    world_bytes(&world, 0, "20 03 00 87 00");
    ck_failure(FAILURE_WRONG_FIELD);
    ck_assert(
        slice_contains(buffer_slice(&world.sent[0]), slice_of("top secret")));
    const struct play_record *record = world_record(&world);
    for (size_t i = 0; i < record->said_count; i++) {
        const struct said *said = &record->said[i];
        ck_assert(!slice_contains(said->bytes, slice_of("secret")));
        ck_assert_ptr_null(strstr(said->text, "secret"));
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    static const char yaml[] =
        CONNECTED "  steps:\n  - {send: connect, session_expiry_interval: "
                  "9, will: {retain: true}, ack: true, mark: a}\n"
                  "  - {send: publish, qos: 2, ack: true, count: 3}\n"
                  "  - {expect: publish, optional: true}\n"
                  "  - {send: pingreq, ack: true}\n";
    bool failed = true;
    for (long n = 1; failed; n++) {
        ck_assert_msg(n < 2000, "%s",
                      world.record ? world.record->finding.message : "");
        world.fail_after = n;
        world_begin(&world, yaml, MQTT_5_0);
        failed = !world.player || !player_finished(world.player) ||
                 world_verdict(&world) != VERDICT_PASS;
        memory_fail_after(0);
        if (world.player && player_finished(world.player) && !world.record)
            world.record = player_record(world.player);
        if (failed)
            world_end(&world);
    }
    ck_verdict(VERDICT_PASS);
}
END_TEST

/* ------------------------------------------------------------------------ */

Suite *player_suite(void)
{
    const TTest *const tests[] = {
        connect_and_ping_pass,
        an_answer_that_never_comes_is_missing_after_the_limit,
        patience_multiplies_the_limit,
        a_close_instead_of_an_answer_is_no_time_out,
        a_refusal_is_no_success,
        a_failure_in_given_judges_nothing,
        a_wrong_field_is_named,
        session_present_is_not_judged_in_3_1,
        a_packet_in_pieces_is_one_packet,
        an_unfinished_packet_is_not_nothing,
        an_end_in_the_midst_of_a_packet_is_told,
        an_extra_packet_before_the_fence_fails,
        a_second_pingresp_is_no_answer_to_the_fence,
        no_fence_after_disconnect,
        a_close_that_no_step_expects_fails,
        an_optional_packet_may_come,
        an_optional_packet_too_many_fails,
        a_close_at_its_lower_limit_is_in_time,
        a_close_just_before_its_lower_limit_is_too_early,
        no_close_within_the_limit_fails,
        a_sign_without_the_end_of_tcp_is_no_close,
        the_first_sign_gives_the_time,
        how_names_the_signs,
        a_close_can_be_judged_twice,
        a_close_at_its_soft_limit_is_in_time,
        a_close_just_before_its_soft_limit_is_noted,
        a_close_well_before_its_soft_limit_warns,
        a_close_before_both_limits_fails,
        the_upper_limit_counts_from_the_later_lower_one,
        rejected_takes_a_disconnect_and_a_close,
        rejected_with_a_stated_code_passes,
        rejected_with_another_code_warns,
        rejected_with_a_successful_code_fails,
        rejected_without_a_packet_passes,
        rejected_and_never_closed_fails,
        an_answer_to_a_rejected_packet_fails,
        a_refusing_connack_counts_where_it_is_stated,
        a_connack_of_3_1_1_is_read_as_such_on_5_0,
        a_refusing_connack_that_is_not_stated_fails_in_3_x,
        our_reset_lasts_the_settle_time,
        silence_ends_with_its_time,
        silence_is_broken_by_any_packet,
        silence_is_broken_by_what_was_queued,
        silence_of_a_type_lets_others_pass,
        silence_is_broken_by_a_close,
        a_wrong_packet_in_our_time_fails,
        a_wrong_packet_seen_after_our_time_judges_nothing,
        a_match_is_a_match_whenever_it_comes,
        a_mere_time_out_is_a_failure_in_spite_of_in_time,
        a_send_after_our_own_deadline_judges_nothing,
        a_pause_from_a_mark_counts_from_its_end,
        a_lower_limit_counts_from_the_begin_of_a_mark,
        the_player_pings_where_the_broker_wants_it,
        a_stated_keep_alive_is_never_helped,
        all_of_takes_any_order,
        all_of_finds_the_assignment_that_satisfies_all,
        all_of_refuses_what_fits_no_member,
        any_of_goes_with_what_comes,
        the_rest_of_a_chosen_alternative_is_binding,
        any_of_refuses_a_packet_that_fits_no_alternative,
        silence_wins_when_nothing_came,
        a_count_is_taken_in_order,
        order_any_takes_a_count_as_it_comes,
        order_topic_lets_topics_overtake_each_other,
        order_topic_keeps_the_order_within_a_topic,
        gaps_may_be_left_but_no_order_changed,
        a_count_between_limits_leaves_the_rest_optional,
        distinct_identifiers_are_demanded,
        among_leaves_the_others_alone,
        spread_gives_each_message_to_one_client,
        spread_allows_no_message_twice,
        spread_misses_what_nobody_got,
        qos_2_is_carried_to_its_end_from_both_sides,
        an_acknowledgement_of_nothing_fails,
        no_more_exchanges_are_open_than_the_window_allows,
        a_window_is_no_larger_than_the_receive_maximum,
        one_exchange_is_open_whatever_the_receive_maximum,
        identifiers_run_on_over_reconnects,
        a_capture_is_used_later,
        reach_makes_pubrel_legal,
        reach_makes_pubcomp_legal,
        reach_does_nothing_for_connect,
        pieces_go_out_with_their_gap,
        a_background_send_lets_the_next_steps_go_on,
        fragments_are_one_message,
        bytes_below_mqtt_are_not_read,
        together_is_one_write,
        a_count_within_together_is_kept,
        no_fence_falls_into_an_unfinished_packet,
        a_broker_that_does_not_read_is_told_apart,
        a_should_that_is_not_kept_warns_and_goes_on,
        a_case_at_level_should_warns,
        a_case_at_level_may_never_fails,
        a_finding_of_the_decoder_does_not_fail_the_case,
        a_finding_of_the_cases_own_statement_fails_it,
        receive_maximum_is_watched,
        the_granted_qos_is_watched,
        an_unreadable_packet_breaks_its_own_statement,
        topic_aliases_are_resolved,
        an_unreadable_packet_judges_nothing,
        a_flood_is_a_failure_and_no_growth,
        a_packet_of_a_former_connection_is_not_taken_on_the_new_one,
        a_permission_covers_what_came_over_its_connection,
        an_accepted_connect_is_named_as_such,
        a_broker_step_permits_the_end_of_connections,
        what_stays_on_the_broker_is_known,
        secrets_are_in_no_record,
        each_allocation_may_fail,
    };
    Suite *suite = suite_create("player");
    TCase *tcase = tcase_create("virtual time");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120); /* for a hang, not for a slow machine */
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(tcase, tests[i]);
    tcase_add_loop_test(tcase, patience_spares_the_due_time, 0,
                        (int)(sizeof patience_rows / sizeof *patience_rows));
    tcase_add_loop_test(tcase, packets_are_held_against_what_was_asked_for, 0,
                        (int)(sizeof watched_rows / sizeof *watched_rows));
    tcase_add_loop_test(tcase, a_bad_frame_ends_the_reading, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite;
}
