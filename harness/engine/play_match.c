/* Dealing out packets among the leaves, and what nobody took. */
#include "engine/play.h"

#include <stdio.h>
#include <string.h>

/* ---- permissions ------------------------------------------------------- */

static bool permits(struct player *player, struct client *client,
                    const struct permission *permission,
                    const struct received *received)
{
    const struct expect_step *expect = permission->step->expect;
    const char *wrong;
    return permission->left > 0 && expect->thing == THING_PACKET &&
           expect->type == received->packet->type &&
           step_matches(player, permission->scope, permission->step, client,
                        received, &wrong) == MATCH_YES;
}

static void acknowledge_permitted(struct player *player,
                                  const struct permission *permission,
                                  const struct received *received)
{
    uint32_t id = mqtt_number(received->packet, MQTT_PACKET_ID, 0);
    uint32_t qos = mqtt_number(received->packet, MQTT_QOS, 0);
    if (!permission->step->expect->ack ||
        received->packet->type != MQTT_PUBLISH || !qos)
        return;
    play_write(player, permission->client, qos == 1 ? MQTT_PUBACK : MQTT_PUBREC,
               id, 0, false);
}

bool permission_takes(struct player *player, struct client *client,
                      struct received *received)
{
    for (struct permission *p = client->permissions; p; p = p->next) {
        if (!permits(player, client, p, received))
            continue;
        if (p->left != INT64_MAX)
            p->left--;
        client_take(player, client, received);
        acknowledge_permitted(player, p, received);
        if (p->step->note)
            play_note(player, "%s", p->step->note);
        return true;
    }
    return false;
}

bool permission_covers_end(struct player *player, struct client *client)
{
    (void)player;
    for (struct permission *p = client->permissions; p; p = p->next) {
        enum thing thing = p->step->expect->thing;
        if (thing == THING_CLOSE || thing == THING_REJECTED)
            return true;
    }
    return false;
}

/* ---- a better assignment within all_of --------------------------------- */

static bool is_plain_member(const struct player *player,
                            const struct task *task,
                            const struct client *client,
                            const struct received *received)
{
    return task->kind == TASK_STEP && task->step &&
           task->step->verb == VERB_EXPECT &&
           (task->single || !task->step->expect->count) &&
           task->step->expect->thing == THING_PACKET &&
           task->step->expect->type == received->packet->type &&
           task->client < player->client_count &&
           player->clients[task->client] == client;
}

static bool matches(struct player *player, struct task *leaf,
                    struct received *received)
{
    const char *wrong;
    return leaf_matches(player, leaf, received, &wrong) == MATCH_YES;
}

#define AUGMENT_DEPTH 16

/* Finds a member for the packet, moving packets that other members have taken
 * to members that are still open. */
static bool place(struct player *player, struct task *group,
                  struct client *client, struct received *received, bool silent,
                  int depth)
{
    if (depth > AUGMENT_DEPTH)
        return false;
    for (struct task *kid = group->kids; kid; kid = kid->next)
        if (kid->state == TASK_BUSY && !kid->over &&
            is_plain_member(player, kid, client, received) &&
            matches(player, kid, received)) {
            leaf_take(player, kid, received, silent);
            return true;
        }
    for (struct task *kid = group->kids; kid; kid = kid->next) {
        struct received *old = kid->got;
        if (!old || old == received || kid->kids ||
            !is_plain_member(player, kid, client, received) ||
            !matches(player, kid, received))
            continue;
        kid->got = NULL; /* not to be moved twice */
        if (place(player, group, client, old, true, depth + 1)) {
            kid->state = TASK_BUSY;
            kid->over = false;
            kid->index = 0;
            leaf_take(player, kid, received, silent);
            return true;
        }
        kid->got = old;
    }
    return false;
}

static bool is_group(const struct task *task)
{
    if (!task || !task->step)
        return false;
    return task->step->verb == VERB_ALL_OF ||
           (task->step->verb == VERB_EXPECT && task->kids &&
            task->kids->single);
}

static bool rearrange(struct player *player, struct task *leaf,
                      struct client *client, struct received *received)
{
    struct task *group = leaf->parent;
    if (!is_group(group) || (group->step->verb == VERB_EXPECT &&
                             group->step->expect->order != ORDER_ANY))
        return false;
    return place(player, group, client, received, false, 0);
}

/* ---- dealing ----------------------------------------------------------- */

static bool has_should_level(const struct task *leaf)
{
    return leaf->step && leaf->step->own_level &&
           (leaf->step->level == LEVEL_SHOULD ||
            leaf->step->level == LEVEL_MAY);
}

/* The leaves that a packet could have been for, and the first one's reason
 * against it. */
struct candidates {
    struct task *first, *should;
    const struct task *any_of; /* whose alternatives are listed already */
    const char *wrong;
    size_t count;
    struct buffer expected;
};
#define CANDIDATES_SHOWN 4

static void add_candidate(struct player *player, struct candidates *all,
                          struct task *leaf, const char *wrong)
{
    if (!all->first) {
        all->first = leaf;
        all->wrong = wrong;
    }
    if (!all->should && has_should_level(leaf))
        all->should = leaf;
    if (all->any_of && all->any_of == play_any_of(leaf)) {
        all->count++;
        return;
    }
    all->any_of = play_any_of(leaf);
    if (all->count++ < CANDIDATES_SHOWN)
        buffer_format(&all->expected, "%s%s", all->count > 1 ? "\nor " : "",
                      play_expected(player, leaf));
}

static bool was_accepted(const struct task *leaf,
                         const struct received *received)
{
    return leaf->kind == TASK_STEP &&
           leaf->step->expect->thing == THING_REJECTED &&
           received->packet->type == MQTT_CONNACK &&
           mqtt_number(received->packet, MQTT_REASON_CODE, 255) == 0;
}

static void mismatch_text(const struct candidates *all,
                          const struct received *received, char *text,
                          size_t size)
{
    const char *wrong = all->wrong ? all->wrong : "content";
    if (all->count > 1)
        snprintf(text, size,
                 "a packet came that fits none of %zu expected ones",
                 all->count);
    else if (was_accepted(all->first, received))
        snprintf(text, size, "the broker accepted what it has to reject");
    else if (strcmp(wrong, "first") == 0)
        snprintf(text, size, "it was not the first packet on the connection");
    else if (strcmp(wrong, "order") == 0)
        snprintf(text, size,
                 "it came before an earlier message of the same topic");
    else
        snprintf(text, size, "it came with another %s than expected", wrong);
}

static void fail_mismatch(struct player *player, struct client *client,
                          struct received *received, struct candidates *all)
{
    char message[160];
    struct task *leaf = all->should ? all->should : all->first;
    mismatch_text(all, received, message, sizeof message);
    struct failure failure = {FAILURE_WRONG_FIELD, received->time, message,
                              buffer_string(&all->expected),
                              all->count > 1
                                  ? play_packet_text(player, received->packet)
                                  : play_differences(player, leaf, received)};
    if (has_should_level(leaf))
        client_take(player, client, received);
    task_decide(player, leaf);
    play_failed(player, leaf, &failure);
}

/* Offers the packet to each leaf in turn. True when one took it. */
static bool offer_packet(struct player *player, struct client *client,
                         struct received *received, struct candidates *all)
{
    for (size_t i = 0; i < player->leaf_count; i++) {
        struct task *leaf = player->leaves[i];
        const char *wrong = NULL;
        if (leaf->state != TASK_BUSY ||
            !leaf_wants(player, leaf, client, received))
            continue;
        enum match_result result = leaf_matches(player, leaf, received, &wrong);
        if (result == MATCH_YES)
            leaf_take(player, leaf, received, false);
        if (result != MATCH_NO)
            return true;
        add_candidate(player, all, leaf, wrong);
    }
    return false;
}

/* True when somebody took the packet, or the play has ended. */
static bool deal_packet(struct player *player, struct client *client,
                        struct received *received)
{
    struct candidates all = {.expected = buffer_make(4096)};
    bool taken = offer_packet(player, client, received, &all);
    if (!taken && all.first) {
        if (!rearrange(player, all.first, client, received) &&
            !permission_takes(player, client, received))
            fail_mismatch(player, client, received, &all);
        taken = true;
    }
    buffer_free(&all.expected);
    return taken;
}

static unsigned waiting_types(const struct client *client)
{
    unsigned types = 0;
    for (unsigned type = 0; type < MQTT_TYPES; type++)
        types |= client->untaken_of[type] ? 1u << type : 0u;
    return types;
}

/* Only the oldest packet of each type may be taken. */
static bool deal_client(struct player *player, struct client *client)
{
    unsigned left = waiting_types(client);
    for (struct received *r = client->first; r && left; r = r->next) {
        unsigned type = 1u << r->packet->type;
        if (r->taken || !(left & type))
            continue;
        left &= ~type;
        if (deal_packet(player, client, r))
            return true;
    }
    return false;
}

bool deal_packets(struct player *player)
{
    if (!player->leaf_count)
        return false;
    for (size_t i = 0; i < player->client_count && !player->finished; i++)
        if (deal_client(player, player->clients[i]))
            return true;
    return false;
}

/* ---- what is left ------------------------------------------------------ */

bool check_end(struct player *player, struct client *client, struct task *task)
{
    if (!client_end_is_open(player, client))
        return true;
    char message[200];
    snprintf(message, sizeof message,
             "the broker closed the connection of %s, which no step expects",
             client->name);
    struct failure failure = {FAILURE_CLOSED, client->sign_time, message,
                              "an open connection",
                              play_arrived_text(player, client)};
    return play_failed(player, task, &failure);
}

static void take_all(struct player *player, struct client *client)
{
    for (struct received *r = client->first; r; r = r->next)
        if (!r->taken)
            client_take(player, client, r);
}

bool check_packets(struct player *player, struct client *client,
                   struct task *task)
{
    for (struct received *r = client->first; r; r = r->next) {
        if (r->taken || permission_takes(player, client, r))
            continue;
        char message[200];
        snprintf(message, sizeof message,
                 "a packet came to %s that no step expects", client->name);
        struct failure failure = {FAILURE_EXTRA_PACKET, r->time, message,
                                  "nothing more",
                                  play_packet_text(player, r->packet)};
        take_all(player, client);
        return play_failed(player, task, &failure);
    }
    return true;
}

void check_leftovers(struct player *player, struct client *client)
{
    if (check_packets(player, client, NULL))
        check_end(player, client, NULL);
}
