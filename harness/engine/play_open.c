/* Opening and closing connections. */
#include "engine/play.h"

#define CLOSE_LIMIT (10 * INT64_C(1000000000)) /* net ends it after 2 s */

/* ---- the connection ---------------------------------------------------- */

static bool evaluate_stops(struct player *player, const struct task *task,
                           const struct open_step *stated,
                           struct stage_open *how)
{
    int64_t number;
    if (stated->tls_stop_after) {
        if (!play_number(player, task, stated->tls_stop_after, &number))
            return false;
        how->tls_stop_after = (size_t)number;
    }
    if (stated->upgrade_stop_after) {
        if (!play_number(player, task, stated->upgrade_stop_after, &number))
            return false;
        how->upgrade_stop_after = (size_t)number;
    }
    return true;
}

bool play_open(struct player *player, struct task *task, size_t number,
               const struct open_step *stated)
{
    struct client *client = player->clients[number];
    struct stage_open how = {.client = client->name,
                             .transport = client->transport,
                             .endpoint = client->endpoint,
                             .server_name = client->server_name,
                             .stated = stated};
    if (stated && stated->has_transport)
        how.transport = stated->transport;
    if (stated && stated->server_name)
        how.server_name = stated->server_name;
    if (stated && !evaluate_stops(player, task, stated, &how))
        return false;
    /* What came over the old connection is nothing that came over the new. */
    if (!check_packets(player, client, task))
        return false;
    client_renew(player, client);
    client->manual =
        stated && (stated->manual_handshake || stated->manual_upgrade ||
                   stated->tls_stop_after || stated->upgrade_stop_after);
    client->bare = stated && stated->bare && how.transport != NET_TCP;
    client->unreadable = client->bare;
    client->last_begin = player->now;
    const char *trouble = "the connection cannot be opened";
    if (player->settings.stage.open(player->settings.stage.user, number, &how,
                                    &trouble))
        return true;
    client->link = LINK_NONE;
    play_error(player, task, "%s", trouble);
    return false;
}

/* Until MQTT may be written. False while it may not, or after an error. */
bool play_await_open(struct player *player, const struct task *task,
                     const struct client *client)
{
    if (client->open_failure) {
        play_error(player, task, "%s could not connect: %s", client->name,
                   client->open_failure);
        return false;
    }
    if (client->link != LINK_OPENING)
        return true;
    int64_t until = client->last_begin + play_patient(player, PLAYER_LIMIT);
    if (player->now >= until)
        play_error(player, task, "%s could not connect within the limit",
                   client->name);
    else
        play_wake(player, until);
    return false;
}

bool play_open_for_connect(struct player *player, struct task *task,
                           size_t number)
{
    struct client *client = player->clients[number];
    if (task->opening || task->step->send->again)
        return play_await_open(player, task, client);
    if (client->link == LINK_OPEN && client->connect_sent) {
        play_error(player, task,
                   "%s has a connection already; `again: true` sends a "
                   "second CONNECT on it",
                   client->name);
        return false;
    }
    if (client->link == LINK_OPEN || client->link == LINK_OPENING)
        return play_await_open(player, task, client);
    if (!check_end(player, client, task))
        return false;
    task->opening = true;
    return play_open(player, task, number, NULL) &&
           play_await_open(player, task, client);
}

bool run_open(struct player *player, struct task *task)
{
    struct client *client = player->clients[task->client];
    if (!task->prepared) {
        task->prepared = true;
        task->sent_begin = player->now;
        if (client->link == LINK_OPEN || client->link == LINK_OPENING) {
            play_error(player, task, "%s has a connection already",
                       client->name);
            return false;
        }
        if (!check_end(player, client, task) ||
            !play_open(player, task, task->client, task->step->open))
            return false;
    }
    if (!client->manual && !play_await_open(player, task, client))
        return false;
    task_done(player, task);
    return true;
}

/* ---- closing ----------------------------------------------------------- */

static const char *close_text(enum net_close_how how)
{
    switch (how) {
    case NET_CLOSE_FIN:
        return "closes in order";
    case NET_CLOSE_RESET:
        return "resets the connection";
    case NET_CLOSE_HALF:
        return "sends FIN and reads on";
    default:
        return "sends close_notify";
    }
}

static void begin_close(struct player *player, struct task *task,
                        struct client *client)
{
    enum net_close_how how = task->step->close;
    bool whole = how == NET_CLOSE_FIN || how == NET_CLOSE_RESET;
    client->own_close = true;
    client->closing = whole;
    task->sent_begin = player->now;
    say(player, SAID_OURS, client, player->now, "%s", close_text(how));
    player->settings.stage.close(player->settings.stage.user, task->client, how,
                                 &task->sent_begin);
}

static bool close_is_over(struct player *player, struct task *task,
                          const struct client *client)
{
    if (client->closing) {
        int64_t until = task->begin + play_patient(player, CLOSE_LIMIT);
        if (player->now >= until)
            play_error(player, task, "closing took too long");
        play_wake(player, until);
        return false;
    }
    int64_t settled = task->sent_begin + PLAYER_SETTLE;
    if (task->step->close != NET_CLOSE_RESET || player->now >= settled)
        return true;
    play_wake(player, settled);
    return false;
}

bool run_close(struct player *player, struct task *task)
{
    struct client *client = player->clients[task->client];
    if (!task->prepared) {
        task->prepared = true;
        if (!check_end(player, client, task))
            return false;
        if (client->link != LINK_NONE)
            begin_close(player, task, client);
        else
            task->sent_begin = player->now;
    }
    if (!close_is_over(player, task, client))
        return false;
    if (client->closed_time > task->sent_begin)
        task->last_match = client->closed_time;
    task_done(player, task);
    return true;
}
