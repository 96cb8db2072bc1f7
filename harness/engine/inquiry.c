#include "engine/inquiry.h"

#include "engine/errand.h"

#include <stdio.h>

/* What one errand is to find out. */
struct inquiry_row {
    const char *capability;
    enum mqtt_version since; /* older versions do not have it */
    /* How the errand differs from a plain one. */
    const char *account;
    bool no_client_id;
    uint16_t keep_alive; /* 0: the profile's */
    /* SUBSCRIBE, where there is a filter; %s is the play's topic. */
    const char *filter;
    uint8_t qos;
    bool subscription_identifier;
    /* Reads the outcome. */
    void (*judge)(struct offer *offer, const struct inquiry_row *row,
                  const struct errand_outcome *outcome);
};

struct inquiry {
    struct inquiries *all;
    const struct inquiry_row *row;
    char id[IDENTITY_SIZE];
    char filter[160];
};

#define INQUIRIES_MAX 12

struct inquiries {
    struct surroundings *surroundings;
    struct offer *offer;
    void (*done)(void *user);
    void *user;
    struct inquiry rows[INQUIRIES_MAX];
    size_t count, waiting;
};

/* ---- what the answers mean --------------------------------------------- */

static uint32_t announced(const struct errand_outcome *outcome,
                          enum mqtt_field field, uint32_t otherwise)
{
    return outcome->connack ? mqtt_number(outcome->connack, field, otherwise)
                            : otherwise;
}

static void take_flags(struct offer *offer,
                       const struct errand_outcome *outcome)
{
    static const struct {
        const char *name;
        enum mqtt_field field;
    } flags[] = {
        {"retain", MQTT_RETAIN_AVAILABLE},
        {"wildcard", MQTT_WILDCARD_SUBSCRIPTION_AVAILABLE},
        {"subscription_identifiers", MQTT_SUBSCRIPTION_IDENTIFIER_AVAILABLE},
        {"shared", MQTT_SHARED_SUBSCRIPTION_AVAILABLE},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        offer_set(offer, flags[i].name, announced(outcome, flags[i].field, 1));
}

static void take_optional_number(struct offer *offer, const char *name,
                                 const struct errand_outcome *outcome,
                                 enum mqtt_field field)
{
    if (outcome->connack && mqtt_value_at(outcome->connack, field, 0))
        offer_set_number(offer, name, true, announced(outcome, field, 0));
}

static void take_numbers(struct offer *offer,
                         const struct errand_outcome *outcome)
{
    uint32_t aliases = announced(outcome, MQTT_TOPIC_ALIAS_MAXIMUM, 0);

    offer_set_number(offer, "receive_maximum", true,
                     announced(outcome, MQTT_RECEIVE_MAXIMUM, 65535));
    offer_set_number(offer, "maximum_qos", true,
                     announced(outcome, MQTT_MAXIMUM_QOS, 2));
    offer_set_number(offer, "topic_alias_maximum", aliases > 0, aliases);
    take_optional_number(offer, "maximum_packet_size", outcome,
                         MQTT_MAXIMUM_PACKET_SIZE);
    take_optional_number(offer, "server_keep_alive", outcome,
                         MQTT_SERVER_KEEP_ALIVE);
}

/* Asked for first, alone, because the others build on it. */
#define EXPIRY_ASKED 120u
static void judge_announced(struct offer *offer, const struct inquiry_row *row,
                            const struct errand_outcome *outcome)
{
    (void)row;
    offer_set(offer, "session_expiry",
              announced(outcome, MQTT_SESSION_EXPIRY_INTERVAL, EXPIRY_ASKED) >
                  0);
    offer_set(offer, "qos1", announced(outcome, MQTT_MAXIMUM_QOS, 2) >= 1);
    offer_set(offer, "qos2", announced(outcome, MQTT_MAXIMUM_QOS, 2) >= 2);
    take_flags(offer, outcome);
    if (offer->version == MQTT_5_0) {
        take_numbers(offer, outcome);
        return;
    }
    /* Nothing before 5.0 limits what may be under way. */
    offer_set_number(offer, "receive_maximum", true, 65535);
    offer_set(offer, "subscription_identifiers", false);
    offer_set(offer, "shared", false);
}

static bool refused(const struct errand_outcome *outcome)
{
    return outcome->end == ERRAND_DISCONNECTED ||
           outcome->end == ERRAND_CLOSED || outcome->end == ERRAND_REFUSED;
}

static bool suback_code(const struct errand_outcome *outcome, uint32_t *code)
{
    if (!outcome->answer || outcome->answer->type != MQTT_SUBACK ||
        !mqtt_value_at(outcome->answer, MQTT_REASON_CODE, 0))
        return false;
    *code = mqtt_number(outcome->answer, MQTT_REASON_CODE, 0);
    return true;
}

static void judge_subscribed(struct offer *offer, const struct inquiry_row *row,
                             const struct errand_outcome *outcome)
{
    uint32_t code;

    if (refused(outcome) || (suback_code(outcome, &code) && code >= 0x80))
        offer_set(offer, row->capability, false);
}

/* A lower QoS than asked for may be granted: then it is not offered. That a
 * subscription is refused says nothing about QoS. */
static void judge_granted(struct offer *offer, const struct inquiry_row *row,
                          const struct errand_outcome *outcome)
{
    uint32_t code;

    (void)row;
    if (!suback_code(outcome, &code) || code >= 0x80)
        return;
    if (code < 2)
        offer_set(offer, "qos2", false);
    if (code < 1)
        offer_set(offer, "qos1", false);
}

static void judge_accepted(struct offer *offer, const struct inquiry_row *row,
                           const struct errand_outcome *outcome)
{
    offer_set(offer, row->capability, !refused(outcome));
}

/* The keep alive is ours only if the broker does not impose another. */
static void judge_keep_alive(struct offer *offer, const struct inquiry_row *row,
                             const struct errand_outcome *outcome)
{
    offer_set(offer, row->capability,
              !refused(outcome) &&
                  announced(outcome, MQTT_SERVER_KEEP_ALIVE, row->keep_alive) ==
                      row->keep_alive);
}

static const struct inquiry_row announcement = {.since = MQTT_3_1,
                                                .judge = judge_announced};

static const struct inquiry_row rows[] = {
    {.capability = "qos2",
     .since = MQTT_3_1,
     .filter = "%s",
     .qos = 2,
     .judge = judge_granted},
    {.capability = "wildcard",
     .since = MQTT_3_1,
     .filter = "%s/+",
     .judge = judge_subscribed},
    {.capability = "shared",
     .since = MQTT_5_0,
     .filter = "$share/mqttspec/%s",
     .judge = judge_subscribed},
    {.capability = "subscription_identifiers",
     .since = MQTT_5_0,
     .filter = "%s",
     .subscription_identifier = true,
     .judge = judge_subscribed},
    {.capability = "empty_client_id",
     .since = MQTT_3_1_1,
     .no_client_id = true,
     .judge = judge_accepted},
    {.capability = "anonymous",
     .since = MQTT_3_1,
     .account = "none",
     .judge = judge_accepted},
    {.capability = "short_keep_alive",
     .since = MQTT_3_1,
     .keep_alive = 1,
     .judge = judge_keep_alive},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* ---- asking ------------------------------------------------------------ */

static void ask_the_rest(struct inquiries *all);

static void on_done(void *user, const struct errand_outcome *outcome)
{
    struct inquiry *inquiry = user;
    struct inquiries *all = inquiry->all;

    if (outcome->end != ERRAND_OURS)
        inquiry->row->judge(all->offer, inquiry->row, outcome);
    if (inquiry->row == &announcement)
        ask_the_rest(all);
    if (!--all->waiting)
        all->done(all->user);
}

static void write_filter(struct inquiry *inquiry)
{
    const char *prefix =
        inquiry->all->surroundings->target->profile->topic_prefix;
    char topic[100];
    const char *format = inquiry->row->filter;
    struct buffer filter = buffer_make(sizeof inquiry->filter - 1);

    snprintf(topic, sizeof topic, "%.70smqttspec/%s", prefix ? prefix : "",
             inquiry->id);
    for (; *format; format++)
        if (format[0] == '%' && format[1] == 's') {
            buffer_text(&filter, topic);
            format++;
        } else {
            buffer_append(&filter, format, 1);
        }
    snprintf(inquiry->filter, sizeof inquiry->filter, "%s",
             buffer_string(&filter));
    buffer_free(&filter);
}

static size_t subscribe_values(const struct inquiry *inquiry,
                               struct mqtt_value values[4])
{
    size_t count = 0;

    values[count++] = (struct mqtt_value){.field = MQTT_PACKET_ID, .number = 1};
    if (inquiry->row->subscription_identifier)
        values[count++] = (struct mqtt_value){
            .field = MQTT_SUBSCRIPTION_IDENTIFIER, .number = 1};
    values[count++] = (struct mqtt_value){.field = MQTT_FILTER,
                                          .bytes = slice_of(inquiry->filter)};
    values[count++] =
        (struct mqtt_value){.field = MQTT_OPTIONS, .number = inquiry->row->qos};
    return count;
}

static void plain_order(const struct inquiry *inquiry,
                        struct errand_order *order)
{
    const struct inquiries *all = inquiry->all;
    const struct inquiry_row *row = inquiry->row;
    bool first = row == &announcement;

    *order = (struct errand_order){
        .endpoint = "default",
        .transport = all->offer->transport,
        .version = all->offer->version,
        .account = row->account ? row->account : "default",
        .client_id = slice_of(row->no_client_id ? "" : inquiry->id),
        .clean_start = true,
        .keep_alive = row->keep_alive
                          ? row->keep_alive
                          : all->surroundings->target->profile->keep_alive,
        .session_expiry = first ? EXPIRY_ASKED : 0,
        .limit = errand_limit(all->surroundings),
        .done = on_done,
        .user = (void *)(uintptr_t)inquiry,
    };
}

static bool ask(struct inquiries *all, const struct inquiry_row *row)
{
    struct inquiry *inquiry = &all->rows[all->count++];
    struct errand_order order;
    struct mqtt_value values[4];
    struct errand_exchange exchange = {
        .packet = {.version = all->offer->version, .type = MQTT_SUBSCRIBE},
        .answer = MQTT_SUBACK};

    *inquiry = (struct inquiry){.all = all, .row = row};
    surroundings_identity(all->surroundings, inquiry->id);
    plain_order(inquiry, &order);
    if (row->filter) {
        write_filter(inquiry);
        exchange.packet.values = values;
        exchange.packet.count = subscribe_values(inquiry, values);
        order.exchanges = &exchange;
        order.count = 1;
    }
    if (!errand_start(all->surroundings, &order))
        return false;
    all->waiting++;
    return true;
}

/* What cannot be asked for lack of memory stays as it is. */
static void ask_the_rest(struct inquiries *all)
{
    for (size_t i = 0; i < ROWS; i++)
        if (all->offer->version >= rows[i].since)
            ask(all, &rows[i]);
}

struct inquiries *inquiries_start(struct surroundings *surroundings,
                                  struct offer *offer, void (*done)(void *user),
                                  void *user)
{
    struct inquiries *all = memory_zero(1, sizeof *all);

    if (!all)
        return NULL;
    all->surroundings = surroundings;
    all->offer = offer;
    all->done = done;
    all->user = user;
    if (ask(all, &announcement))
        return all;
    inquiries_free(all);
    return NULL;
}

void inquiries_free(struct inquiries *inquiries)
{
    memory_free(inquiries);
}
