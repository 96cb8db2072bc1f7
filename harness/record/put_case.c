/* The file around the steps. */
#include "record/story.h"

#include <string.h>

/* ---- accounts ----------------------------------------------------------- */

/* The user name of a role that also gave a password. */
static const struct mqtt_value *login_of(const struct story *story, size_t role)
{
    static const struct mqtt_value nameless = {.field = MQTT_USER_NAME};
    for (size_t i = 0; i < story->recording->talk_count; i++) {
        const struct part *part = &story->parts[i];
        if (part->client != role || part->connect == NONE)
            continue;
        const struct mqtt_packet *packet =
            seen_at(story, part->connect)->packet;
        const struct mqtt_value *name =
            mqtt_value_at(packet, MQTT_USER_NAME, 0);
        if (mqtt_value_at(packet, MQTT_PASSWORD, 0))
            return name ? name : &nameless;
    }
    return NULL;
}

/* That of the first who logs in is the account `default`. */
static const struct mqtt_value *usual_login(const struct story *story)
{
    const struct mqtt_value *login = NULL;
    for (size_t i = 0; !login && i < story->role_count; i++)
        login = login_of(story, i);
    return login;
}

/* A word for the profile's map of accounts. */
static void put_account(struct buffer *out, const struct story *story,
                        size_t role)
{
    buffer_format(out, "account_of_%s", story->roles[role].name);
}

/* ---- clients ------------------------------------------------------------ */

enum account { ACCOUNT_USUAL, ACCOUNT_NONE, ACCOUNT_OWN };

static enum account account_of(const struct story *story, size_t role)
{
    const struct mqtt_value *usual = usual_login(story);
    const struct mqtt_value *login = login_of(story, role);
    if (!login)
        return usual ? ACCOUNT_NONE : ACCOUNT_USUAL;
    return slice_equal(login->bytes, usual->bytes) ? ACCOUNT_USUAL
                                                   : ACCOUNT_OWN;
}

static bool is_special(const struct story *story, size_t role)
{
    return story->roles[role].version != story->version ||
           account_of(story, role) != ACCOUNT_USUAL;
}

static void put_client(const struct story *story, size_t role,
                       struct buffer *out)
{
    enum account account = account_of(story, role);
    const char *before = "";
    buffer_format(out, "    %s: {", story->roles[role].name);
    if (story->roles[role].version != story->version) {
        buffer_format(out, "version: %s",
                      mqtt_version_name(story->roles[role].version));
        before = ", ";
    }
    if (account != ACCOUNT_USUAL)
        buffer_format(out, "%saccount: ", before);
    if (account == ACCOUNT_NONE)
        buffer_text(out, "none");
    if (account == ACCOUNT_OWN)
        put_account(out, story, role);
    buffer_text(out, "}\n");
}

static void put_clients(const struct story *story, struct buffer *out)
{
    bool begun = false;
    /* One client has no name in the steps. */
    bool alone = story->role_count == 1 && !story->stranger;
    for (size_t i = 0; !alone && i < story->role_count; i++) {
        if (!is_special(story, i))
            continue;
        buffer_text(out, begun ? "" : "  clients:\n");
        begun = true;
        put_client(story, i, out);
    }
}

/* ---- what the broker has to offer --------------------------------------- */

static bool has_wildcard(struct slice filter)
{
    return memchr(filter.data, '+', filter.size) ||
           memchr(filter.data, '#', filter.size);
}

struct needs {
    bool qos1, qos2, retain, wildcard, shared, identifiers, empty_id;
    bool authentication;
};

static void note_filters(const struct mqtt_packet *packet, struct needs *needs)
{
    const struct mqtt_value *filter;
    for (size_t i = 0; (filter = mqtt_value_at(packet, MQTT_FILTER, i)); i++) {
        if (!filter->bytes.size)
            continue;
        needs->wildcard |= has_wildcard(filter->bytes);
        needs->shared |= slice_starts(filter->bytes, slice_of("$share/"));
    }
    needs->identifiers |=
        mqtt_value_at(packet, MQTT_SUBSCRIPTION_IDENTIFIER, 0) != NULL;
}

static void note_needs(const struct story *story, size_t event,
                       struct needs *needs)
{
    const struct seen *seen = seen_at(story, event);
    if (seen->kind != SEEN_PACKET || seen->packet->type > MQTT_PUBLISH ||
        story->parts[seen->connection].refusal != NONE) {
        if (seen_is(story, event, RECORD_CLIENT, MQTT_SUBSCRIBE))
            note_filters(seen->packet, needs);
        return;
    }
    const struct mqtt_packet *packet = seen->packet;
    uint32_t qos = mqtt_number(packet, MQTT_QOS, 0) |
                   mqtt_number(packet, MQTT_WILL_QOS, 0);
    needs->qos1 |= qos == 1;
    needs->qos2 |= qos == 2;
    needs->retain |= mqtt_number(packet, MQTT_RETAIN, 0) ||
                     mqtt_number(packet, MQTT_WILL_RETAIN, 0);
    needs->empty_id |=
        packet->type == MQTT_CONNECT && !role_of(story, event)->client_id.size;
}

static void put_needs(const struct story *story, struct buffer *out)
{
    struct needs needs = {.qos1 = false};
    const char *before = "  requires: [";
    for (size_t i = 0; i < story->recording->count; i++)
        note_needs(story, i, &needs);
    const struct {
        bool needed;
        const char *name;
    } all[] = {{needs.qos1, "qos1"},
               {needs.qos2, "qos2"},
               {needs.retain, "retain"},
               {needs.wildcard, "wildcard"},
               {needs.shared, "shared"},
               {needs.identifiers, "subscription_identifiers"},
               {needs.empty_id, "empty_client_id"},
               {needs.authentication, "enhanced_auth"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].needed)
            continue;
        buffer_format(out, "%s%s", before, all[i].name);
        before = ", ";
    }
    if (*before == ',')
        buffer_text(out, "]\n");
}

/* ---- the comment -------------------------------------------------------- */

/* In quotes, so that it stays in its line. */
static void put_names(const struct story *story, struct buffer *out)
{
    for (size_t i = 0; i < story->role_count; i++) {
        const struct role *role = &story->roles[i];
        const struct mqtt_value *login = login_of(story, i);
        if (!slice_is(role->client_id, role->name)) {
            buffer_format(out, "# %s: ", role->name);
            if (role->client_id.size) {
                buffer_text(out, "the Client Identifier ");
                mqtt_print_text(role->client_id, 200, out);
            } else {
                buffer_text(out, role->speaks ? "no Client Identifier"
                                              : "no CONNECT that can be read");
            }
            buffer_text(out, "\n");
        }
        if (account_of(story, i) != ACCOUNT_OWN || !login)
            continue;
        buffer_format(out, "# %s: the user ", role->name);
        mqtt_print_text(login->bytes, 200, out);
        buffer_text(out, "; a profile gives the password, under accounts: ");
        put_account(out, story, i);
        buffer_text(out, "\n");
    }
}

static void put_login(const struct story *story, struct buffer *out)
{
    const struct mqtt_value *login = usual_login(story);
    if (!login)
        return;
    buffer_text(out, "# Passwords are not recorded: give that of ");
    mqtt_print_text(login->bytes, 200, out);
    buffer_text(out, " with --user\n# and in MQTTSPEC_PASSWORD, or as the "
                     "account `default` of a profile.\n");
}

static void put_count(struct buffer *out, size_t count, const char *noun)
{
    buffer_format(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void put_comment(const struct story *story,
                        const struct recording_words *words, struct buffer *out)
{
    buffer_text(out, "# Recorded by 'mqttspec record' from ");
    buffer_text(out, words->target);
    buffer_text(out, ":\n# ");
    put_count(out, story->role_count, "client");
    buffer_text(out, ", ");
    put_count(out, story->recording->talk_count, "connection");
    buffer_text(out,
                ". Topics stand below $topic, identifiers are the player's.\n"
                "# Still to do: a title that says what a broker does when it "
                "is right, the\n# statements that this judges, and no step "
                "that does not matter.\n");
    if (story->recording->full)
        buffer_text(out, "# The recording reached its limit: what came later "
                         "is not here.\n");
    if (story->stranger)
        buffer_text(out, "# elsewhere: whoever published what the recorder "
                         "saw only delivered\n");
    put_names(story, out);
    put_login(story, out);
}

/* ---- the file ----------------------------------------------------------- */

/* Whether some topic keeps its own name, which all variants share. */
static bool is_exclusive(const struct story *story)
{
    for (size_t i = 0; i < story->recording->count; i++) {
        const struct seen *seen = seen_at(story, i);
        if (seen->kind != SEEN_PACKET || seen->from != RECORD_CLIENT)
            continue;
        for (size_t j = 0; j < seen->packet->count; j++) {
            const struct mqtt_value *value = &seen->packet->values[j];
            if ((value->field == MQTT_TOPIC || value->field == MQTT_FILTER ||
                 value->field == MQTT_WILL_TOPIC) &&
                topic_is_shared_by_all(value->bytes))
                return true;
        }
    }
    return false;
}

static void put_steps(const struct story *story, size_t from, size_t to,
                      struct buffer *out)
{
    for (size_t i = from; i < to; i++) {
        const struct play_step *step = &story->steps[i];
        if (step->comment)
            buffer_format(out, "  # %s\n", step->comment);
        buffer_text(out, "  - ");
        put_step(story, step, out);
        buffer_text(out, "\n");
    }
}

static void put_title(const struct story *story, struct buffer *out)
{
    buffer_text(out, "  title: What the broker did for ");
    put_count(out, story->role_count, "client");
    buffer_text(out, " is done again\n");
}

void put_case(const struct story *story, const struct recording_words *words,
              struct buffer *out)
{
    put_comment(story, words, out);
    buffer_format(out, "area: recorded\ncases:\n- id: recorded/%s\n",
                  words->name);
    put_title(story, out);
    buffer_format(out, "  versions: [%s]\n  statements: none\n",
                  mqtt_version_name(story->version));
    put_needs(story, out);
    if (is_exclusive(story))
        buffer_text(out, "  exclusive: true\n");
    put_clients(story, out);
    if (story->given) {
        buffer_text(out, "  given:\n");
        put_steps(story, 0, story->given, out);
    }
    buffer_text(out, "  steps:\n");
    put_steps(story, story->given, story->step_count, out);
}
